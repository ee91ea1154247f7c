// Reads from sources which messages they give to errors.
import ts from '@typescript/typescript6'

/** A placeholder in a message for values that are known only at run time. */
export const ANY = '\u0000'

/**
 * Every message that is given to an error, and where.
 *
 * @param {string[]} files the sources
 * @returns {{ text: string, at: string }[]}
 */
export function messagesIn(files) {
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ESNext,
    customConditions: ['source', 'node'],
    noEmit: true,
    types: [],
  })
  const sources = program.getSourceFiles().filter(({ fileName }) => files.includes(fileName))
  return new Messages(program.getTypeChecker(), sources).all()
}

/** Reads messages from the sources of a program. */
class Messages {
  #checker
  #sources
  /** Calls of functions and constructors, by the declaration that they call. */
  #calls = new Map()
  /** The names of the classes of errors that users get. */
  #classes = new Set(['SessionError', 'TypeError'])

  constructor(checker, sources) {
    this.#checker = checker
    this.#sources = sources
    for (const source of sources) {
      each(source, (node) => {
        if (ts.isClassDeclaration(node) && node.name?.text.endsWith('Error'))
          this.#classes.add(node.name.text)
        if (ts.isCallExpression(node) || ts.isNewExpression(node)) this.#note(node)
      })
    }
  }

  all() {
    const found = new Map()
    for (const source of this.#sources) {
      each(source, (node) => {
        const message = this.#messageOf(node)
        if (message === undefined) return
        const { line } = source.getLineAndCharacterOfPosition(node.getStart())
        const at = `${source.fileName}:${line + 1}`
        for (const text of this.#wherever(message, new Map()))
          if (text.replaceAll(ANY, '').trim() !== '') found.set(text, { text, at })
      })
    }
    return [...found.values()]
  }

  #note(call) {
    const declaration = this.#called(call)
    if (declaration === undefined) return
    const calls = this.#calls.get(declaration) ?? []
    this.#calls.set(declaration, [...calls, call])
  }

  #called(call) {
    const declaration = this.#checker.getResolvedSignature(call)?.declaration
    return declaration && 'body' in declaration ? declaration : undefined
  }

  /** The message that a node passes to an error. */
  #messageOf(node) {
    if (ts.isNewExpression(node) && this.#classes.has(node.expression.getText())) return node.arguments?.[0]
    if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.SuperKeyword) return undefined
    const own = enclosing(node, ts.isClassDeclaration)
    return own && this.#classes.has(own.name.text) && !this.#isParameter(node.arguments[0])
      ? node.arguments[0]
      : undefined
  }

  /** The texts of an expression, for every call of the function that contains it. */
  #wherever(expression, bound, depth = 0) {
    const unbound = new Set()
    const texts = this.#texts(expression, { bound, unbound, depth })
    const [owner] = unbound
    const calls = this.#calls.get(owner) ?? []
    if (owner === undefined || calls.length === 0 || depth > 4) return texts
    return calls.flatMap((call) => {
      const inner = this.#bindings(owner, call, new Map())
      // what the arguments themselves leave open depends on the calls of the caller
      return this.#wherever(expression, new Map([...bound, ...inner]), depth + 1)
    })
  }

  #bindings(declaration, call, bound) {
    return new Map(
      declaration.parameters.map((parameter, index) => [
        parameter,
        { expression: call.arguments?.[index] ?? parameter.initializer, bound },
      ]),
    )
  }

  #texts(expression, state) {
    const read = (inner) => this.#texts(inner, state)
    if (expression === undefined || state.depth > 12) return [ANY]
    if (ts.isStringLiteralLike(expression)) return [expression.text]
    // what a function returns as a part of a message is a name or a hint
    const part = (inner) => this.#texts(inner, { ...state, isPart: true })
    if (ts.isTemplateExpression(expression)) {
      return expression.templateSpans.reduce(
        (before, { expression: inner, literal }) => product(product(before, part(inner)), [literal.text]),
        [expression.head.text],
      )
    }
    if (ts.isConditionalExpression(expression))
      return [...read(expression.whenTrue), ...read(expression.whenFalse)]
    if (ts.isBinaryExpression(expression)) {
      const [left, right] = [expression.left, expression.right]
      const { kind } = expression.operatorToken
      if (kind === ts.SyntaxKind.PlusToken) return product(part(left), part(right))
      if (kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken)
        return [...read(left), ...(right.getText() === "''" ? [] : read(right))] // which no run needs
      return [ANY]
    }
    if (ts.isParenthesizedExpression(expression) || ts.isAsExpression(expression))
      return read(expression.expression)
    if (ts.isIdentifier(expression)) return this.#named(expression, state)
    if (ts.isCallExpression(expression)) return state.isPart ? [ANY] : this.#returned(expression, state)
    return [ANY]
  }

  #named(name, state) {
    const declaration = this.#declarationOf(name)
    if (declaration === undefined) return [ANY]
    if (ts.isParameter(declaration)) {
      const given = state.bound.get(declaration)
      if (given) return this.#texts(given.expression, { ...state, depth: state.depth + 1 }).map(sentence)
      state.unbound.add(declaration.parent)
      return [ANY]
    }
    const isConstant =
      ts.isVariableDeclaration(declaration) && ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const
    if (!isConstant) return [ANY]
    const texts = this.#texts(declaration.initializer, { ...state, depth: state.depth + 1 })
    return state.isPart ? texts.map(sentence) : texts
  }

  /** The return value of one of our functions for these arguments. */
  #returned(call, state) {
    const declaration = this.#called(call)
    if (declaration === undefined || !this.#sources.includes(declaration.getSourceFile())) return [ANY]
    const bound = new Map([...state.bound, ...this.#bindings(declaration, call, state.bound)])
    const inner = { ...state, bound, depth: state.depth + 1 }
    return resultsOf(declaration).flatMap((result) => this.#texts(result, inner))
  }

  #isParameter(expression) {
    const declaration =
      expression && ts.isIdentifier(expression) ? this.#declarationOf(expression) : undefined
    return declaration !== undefined && ts.isParameter(declaration)
  }

  #declarationOf(name) {
    let symbol = this.#checker.getSymbolAtLocation(name)
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = this.#checker.getAliasedSymbol(symbol)
    return symbol?.valueDeclaration
  }
}

/** The expressions that a function returns. */
function resultsOf(declaration) {
  if (!ts.isBlock(declaration.body)) return [declaration.body]
  const results = []
  each(declaration.body, (node) => {
    if (ts.isReturnStatement(node) && node.expression) results.push(node.expression)
  })
  return results
}

/** An argument of one word is a name, and represents any other; a message consists of those of several words. */
function sentence(text) {
  return text.includes(' ') ? text : ANY
}

function product(left, right) {
  return left.flatMap((first) => right.map((second) => first + second))
}

export function each(node, visit) {
  visit(node)
  ts.forEachChild(node, (child) => each(child, visit))
}

function enclosing(node, test) {
  let at = node
  while (at && !test(at)) at = at.parent
  return at
}
