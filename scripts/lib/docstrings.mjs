// Reads doc comments in declaration files.
import ts from '@typescript/typescript6'

/**
 * The doc comment of a declaration.
 *
 * @param {ts.Node} node
 * @returns {{ text: string, examples: string[] }}
 */
export function docsOf(node) {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node
  const docs = ts.getJSDocCommentsAndTags(holder).filter(ts.isJSDoc)
  const tags = docs.flatMap(({ tags: list }) => list ?? [])
  return {
    text: docs.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '').join('\n'),
    examples: tags.filter(({ tagName }) => tagName.text === 'example').map(codeOf),
  }
}

/** The code of an example as it is written, without the asterisks at the beginnings of its lines. */
function codeOf(tag) {
  const text = tag.getSourceFile().text.slice(tag.tagName.end, tag.end)
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*\*(?: |$)/, ''))
    .join('\n')
    .replace(/\*?\/?\s*$/, '')
    .trim()
}

/** The members of a declaration that users see, without constructors: of each overloaded one, the first. */
export function membersOf(node) {
  if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node)) return []
  const seen = new Map()
  for (const member of node.members.filter(isPublic))
    if (!seen.has(member.name.getText())) seen.set(member.name.getText(), member)
  return [...seen.values()]
}

function isPublic(member) {
  if (member.name === undefined || ts.isPrivateIdentifier(member.name)) return false
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword]
  return !ts.getModifiers(member)?.some(({ kind }) => hidden.includes(kind))
}

/** The names of the types that a declaration refers to. */
export function namesIn(node) {
  const names = new Set()
  visit(node)
  return names

  function visit(inner) {
    const name = referredTo(inner)
    if (name) names.add(bare(name))
    ts.forEachChild(inner, visit)
  }
}

/** The names of the types that a class or interface extends or implements, with their arguments'. */
export function basesOf(node) {
  return new Set((node.heritageClauses ?? []).flatMap((clause) => [...namesIn(clause)]))
}

function referredTo(node) {
  if (ts.isTypeReferenceNode(node)) return node.typeName
  if (ts.isTypeQueryNode(node)) return node.exprName
  return ts.isExpressionWithTypeArguments(node) ? node.expression : undefined
}

/** A name without the number that the bundler adds where two files have the same. */
function bare(name) {
  return name.getText().replace(/\$\d+$/, '')
}
