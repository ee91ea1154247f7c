// node scripts/check-docstrings.mjs: checks the doc comment of each public name, in the built types.
//
// - Each exported name has a sentence, and so has each of its members, unless a type that it extends or implements
//   declares the member. A constructor shares the sentence of its class.
// - Each function, class and constant has an example, and so has each method of a class that no base declares. What is
//   said to be "For" transports, layers, sessions or platforms needs none.
// - Each other type has an example, or the signature of something with an example names it.
// - Each example compiles with the names of its platform and those in WORLD.
//
// The entries `adapter` are only for platforms: their names need a sentence, but no examples.
import { join, relative } from 'node:path'
import ts from '@typescript/typescript6'
import { basesOf, docsOf, membersOf, namesIn } from './lib/docstrings.mjs'
import { publicEntries } from './lib/public-entries.mjs'
import { root } from './lib/run.mjs'
import { readExports } from './lib/signatures.mjs'

/** Names that examples may use without declaring them. */
const WORLD = {
  bytes: 'Uint8Array<ArrayBuffer>',
  data: 'SessionExport',
  error: 'SessionError',
  file: 'File',
  jar: 'FileCookieJar',
  name: 'string',
  password: 'string',
  query: 'string',
  refresh_token: 'string',
  request: 'PreparedRequest',
  response: 'SessionResponse',
  session: 'Session',
  sign: '(url: string) => string',
  storageState: 'StorageState',
  token: 'string',
  transport: 'PooledTransport',
  url: 'string',
  readFile: "(typeof import('node:fs/promises'))['readFile']",
  writeFile: "(typeof import('node:fs/promises'))['writeFile']",
}

/** What cannot be the name of a variable is imported as another. */
const LOCAL = { delete: 'del' }
/** Packages whose examples are those of a page, or of a Worker; the others' are Node's. */
const USERS = { browser: 'browser', portable: 'portable' }
const SUB_ENTRIES = {
  node: ['csrf', 'digest', 'links', 'netrc', 'testing'],
  portable: ['csrf', 'digest', 'links', 'testing'],
  browser: ['csrf', 'document-cookies', 'explain-cors', 'links', 'xhr'],
}

const entries = publicEntries()
const exported = readExports(entries.map(({ types }) => types))
/** Every declaration that users can see, by name; several platforms have a `Session`. */
const all = new Map()
for (const each of entries.flatMap(declarationsIn)) all.set(each.name, [...(all.get(each.name) ?? []), each])
const named = [...all.values()].flat()
const forUsers = named.filter(({ isExported, isAdapter }) => isExported && !isAdapter)

const faults = [...undocumented(), ...withoutExample(), ...broken()]
for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0

function declarationsIn({ names, types }) {
  const { own, unexported } = exported.get(types)
  const isAdapter = names.every((name) => name.includes('/adapter'))
  const declarations = (list, isExported) =>
    list.flatMap(({ name, symbol }) =>
      symbol.declarations.map((node) => ({ name, node, types, isAdapter, isExported })),
    )
  return [...declarations(own, true), ...declarations(unexported, false)]
}

function undocumented() {
  const names = named.filter(({ isExported, node }) => isExported && docsOf(node).text === '')
  const members = forUsers.flatMap(({ name, node }) =>
    ownMembers(node)
      .filter((member) => docsOf(member).text === '')
      .map((member) => ({ name: `${name}.${member.name.getText()}` })),
  )
  return [...names, ...members].map(({ name }) => `${name} has no sentence`)
}

function withoutExample() {
  const shared = namesNear(forUsers.filter(({ node }) => hasExample(node)))
  const names = forUsers.filter(({ name, node }) => !hasExample(node) && (!isType(node) || !shared.has(name)))
  const methods = forUsers
    .filter(({ node }) => ts.isClassDeclaration(node))
    .flatMap(({ name, node }) =>
      ownMembers(node)
        .filter((member) => ts.isMethodDeclaration(member) && !hasExample(member) && !isInternal(member))
        .map((member) => ({ name: `${name}.${member.name.getText()}` })),
    )
  return [...names, ...methods].map(({ name }) => `${name} has no example`)
}

/** The names in signatures, and in those of the names among them that are not exported. */
function namesNear(declarations) {
  const found = new Set()
  const visit = (node) => {
    for (const name of namesIn(node)) {
      if (found.has(name)) continue
      found.add(name)
      for (const each of all.get(name) ?? []) if (!each.isExported || each.isAdapter) visit(each.node)
    }
  }
  for (const { node } of declarations) visit(node)
  return found
}

function hasExample(node) {
  return docsOf(node).examples.length > 0
}

function isType(node) {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)
}

/** Whether a member is for those who write a part of a platform. */
function isInternal(member) {
  return /^For (?:layers|platforms|sessions|transports)\b/.test(docsOf(member).text)
}

/** The members that no base of a declaration declares. */
function ownMembers(node) {
  const inherited = inheritedBy(node)
  return membersOf(node).filter(({ name }) => !inherited(name.getText()))
}

function inheritedBy(node) {
  const bases = [...basesOf(node)]
  const ours = bases.flatMap((base) => all.get(base) ?? []).filter((base) => base.node !== node)
  const theirs = bases.map((base) => globalThis[base]?.prototype).filter(Boolean)
  return (member) =>
    theirs.some((prototype) => member in prototype) ||
    ours.some(
      ({ node: base }) =>
        membersOf(base).some(({ name }) => name.getText() === member) || inheritedBy(base)(member),
    )
}

/** A line for each error of the compiler in an example. */
function broken() {
  const examples = named
    .filter(({ isAdapter }) => !isAdapter)
    .flatMap(({ name, node, types }) =>
      [node, ...membersOf(node)].flatMap((each) =>
        docsOf(each).examples.map((code) => ({ name, code, platform: platformOf(types) })),
      ),
    )
  const files = new Map()
  const origins = new Map()
  for (const [index, { name, code, platform }] of examples.entries()) {
    const file = join(root, `examples/example-${index}.ts`)
    const world = worldOf(code, name)
    files.set(file, `${importsFor(world + code, platform)}${world}${code}\nexport {}\n`)
    origins.set(file, name)
  }
  const program = compiled(files)
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText, start }) => {
    const line = file?.text.slice(start).split('\n', 1)[0]
    const where = origins.get(file?.fileName) ?? relative(root, file?.fileName ?? root)
    return `the example of ${where} at "${line}": ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

function platformOf(types) {
  return USERS[relative(join(root, 'packages'), types).split('/')[0]] ?? 'node'
}

/** Declares what an example uses of the world, but for the name that it is of. */
function worldOf(code, of) {
  return Object.entries(WORLD)
    .filter(([name]) => name !== of && uses(code, name))
    .map(([name, type]) => `declare const ${name}: ${type};`)
    .join('')
}

/** Imports the public names that an example uses and does not declare. */
function importsFor(code, platform) {
  const lines = [platform, ...SUB_ENTRIES[platform]].map((entry) => {
    const types = join(root, 'packages/session-fetch/dist', `${entry}.d.ts`)
    const { own, others } = exported.get(types)
    const names = [...own.map(({ name }) => name), ...others].filter((name) =>
      uses(code, LOCAL[name] ?? name),
    )
    const imported = names.map((name) => (LOCAL[name] ? `${name} as ${LOCAL[name]}` : name))
    return `import { ${imported.join(', ')} } from '${types.slice(0, -5)}.js';`
  })
  return lines.join('')
}

/** Whether a name in code is neither a member, nor declared there, nor in quotes. */
function uses(code, name) {
  return (
    new RegExp(`(?<![.\\w'/])${name}\\b(?!['/]|: )`).test(code) &&
    !new RegExp(`(?:const|let|function) (?:\\{[^}]*\\b)?${name}\\b`).test(code)
  )
}

/** Type-checks files in memory. */
function compiled(files) {
  const options = {
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  }
  const host = ts.createCompilerHost(options)
  const disk = { ...host }
  host.fileExists = (file) => files.has(file) || disk.fileExists(file)
  host.getSourceFile = (file, version, ...rest) =>
    files.has(file)
      ? ts.createSourceFile(file, files.get(file), version)
      : disk.getSourceFile(file, version, ...rest)
  return ts.createProgram([...files.keys()], options, host)
}
