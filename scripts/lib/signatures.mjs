import ts from '@typescript/typescript6'

const printer = ts.createPrinter({ removeComments: true })

/**
 * Reads what files of types export. A name that is exported by several of them is given to the first alone.
 *
 * @param {string[]} files
 * @returns {Map<string, { own: Exported[], others: string[], unexported: Exported[] }>} by file, each list in
 *   alphabetical order. `others` are exported by a file before, too; `unexported` are named by the signatures of
 *   `own`, and exported by no file.
 *
 * @typedef {{ name: string, symbol: ts.Symbol }} Exported
 */
export function readExports(files) {
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    noLib: true,
    types: [],
  })
  const checker = program.getTypeChecker()
  const exported = new Map(files.map((file) => [file, exportsOf(program.getSourceFile(file), checker)]))
  const all = new Set([...exported.values()].flat().map(({ symbol }) => symbol))
  const seen = new Set()
  const firsts = (names) => names.filter(({ symbol }) => !seen.has(symbol) && seen.add(symbol))
  return new Map(
    Array.from(exported, ([file, names]) => {
      const own = firsts(names)
      const others = names.filter((each) => !own.includes(each)).map(({ name }) => name)
      const unexported = firsts(named(own, checker).filter(({ symbol }) => !all.has(symbol)))
      return [file, { own, others, unexported }]
    }),
  )
}

function exportsOf(file, checker) {
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(file))
  return sorted(symbols.map((symbol) => ({ name: symbol.name, symbol: origin(symbol, checker) })))
}

function origin(symbol, checker) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

function sorted(names) {
  return names.sort((one, other) => compare(one.name.toLowerCase(), other.name.toLowerCase()))
}

function compare(one, other) {
  return one < other ? -1 : Number(one > other)
}

/** What signatures name of the files' own declarations, and what those name in turn. */
function named(exported, checker) {
  const found = new Set(exported.map(({ symbol }) => symbol))
  for (const symbol of found) {
    for (const node of symbol.declarations) visit(node)
  }
  return sorted(Array.from(found, (symbol) => ({ name: symbol.name, symbol })))

  function visit(node) {
    if (ts.isClassElement(node) && !isSeen(node)) return
    const name = nameIn(node)
    const symbol = name && checker.getSymbolAtLocation(name)
    if (symbol) add(origin(symbol, checker))
    ts.forEachChild(node, visit)
  }

  function add(symbol) {
    if (symbol.flags & ts.SymbolFlags.TypeParameter) return
    if (symbol.declarations?.every((node) => /\/packages\/[^/]+\/dist\//.test(node.getSourceFile().fileName)))
      found.add(symbol)
  }
}

/** The name of a declaration that a node refers to. */
function nameIn(node) {
  if (ts.isTypeReferenceNode(node)) return node.typeName
  if (ts.isTypeQueryNode(node)) return node.exprName
  if (ts.isExpressionWithTypeArguments(node)) return node.expression
  return undefined
}

/**
 * A name as TypeScript declares it, with the first sentence of what is said of it and of each of its members, and
 * their defaults.
 *
 * @param {Exported} exported
 */
export function signatureOf({ name, symbol }) {
  return symbol.declarations.map((node) => `${docOf(node)}${renamed(node, name)}${declared(node)}`).join('\n')
}

/** A word that TypeScript reserves is declared under another name. */
function renamed(node, name) {
  return node.name.text === name ? '' : `// exported as \`${name}\`\n`
}

function declared(node) {
  if (ts.isVariableDeclaration(node)) return `const ${print(node)}`
  if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node)) return print(node)
  const head = print(withoutMembers(node), node).replace(/\s*\}$/, '')
  const members = node.members.filter(isSeen).map((member) => `${docOf(member)}${print(member)}\n`)
  return `${head}\n${members.join('')}}`
}

function withoutMembers(node) {
  const { modifiers, name, typeParameters, heritageClauses } = node
  return ts.isClassDeclaration(node)
    ? ts.factory.updateClassDeclaration(node, modifiers, name, typeParameters, heritageClauses, [])
    : ts.factory.updateInterfaceDeclaration(node, modifiers, name, typeParameters, heritageClauses, [])
}

/** Whether users, or their classes that extend this one, see a member. */
function isSeen(member) {
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return false
  return !ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)
}

/** @param {ts.Node} [at] where the node stands, if it was made anew */
function print(node, at = node) {
  const file = at.getSourceFile()
  const text = printer.printNode(ts.EmitHint.Unspecified, node, file)
  return text
    .replace(/^(?:export |declare )+/, '')
    .replace(/\b(\w+)\$1\b/g, (local, name) => `${packageOf(local, file)}.${name}`)
}

/** The last part of the name of the package from which a name comes that had to be renamed in a bundle. */
function packageOf(local, file) {
  for (const statement of file.statements.filter(ts.isImportDeclaration)) {
    const names = statement.importClause?.namedBindings?.elements ?? []
    if (names.some(({ name }) => name.text === local)) return statement.moduleSpecifier.text.split('/').at(-1)
  }
  throw new Error(`${local} comes from no package`)
}

function docOf(node) {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node
  const [doc] = ts.getJSDocCommentsAndTags(holder).filter(ts.isJSDoc).slice(-1)
  const [text = ''] = (ts.getTextOfJSDocComment(doc?.comment) ?? '').split(/\n\s*\n/, 1)
  const sentences = text
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.!?])\s+(?=[A-Z`])/)
  const kept = sentences.filter((sentence, at) => at === 0 || sentence.startsWith('Default: '))
  return kept[0] === '' ? '' : `/** ${kept.join(' ')} */\n`
}
