import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format, promisify } from 'node:util'
import { type Authority, createAuthority } from '@session-fetch/test-support/certificates'
import { type ContractServer, startContractServer } from '@session-fetch/test-support/contract-server'
import { type Httpbin, startHttpbin } from '@session-fetch/test-support/httpbin'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Block, blocksOf, documents, printed, root } from './documents.js'

const run = promisify(execFile)

/** Where docker listens on a machine that has it; here, a server on such a socket. */
const docker = createServer((_request, response) => response.end('[]'))

let httpbin: Httpbin
let shop: ContractServer
let authority: Authority
let folder: string

beforeAll(async () => {
  ;[httpbin, shop, authority] = await Promise.all([startHttpbin(), startContractServer(), createAuthority()])
  folder = await mkdtemp(join(root, '.documents-')) // where our packages are found
  const { certFile, keyFile } = await authority.issue(['DNS:localhost'])
  const files = { 'ca.pem': authority.caFile, 'me.pem': certFile, 'me.key': keyFile }
  for (const [name, file] of Object.entries(files)) await cp(file, join(folder, name))
  await cp(join(root, 'package.json'), join(folder, 'package.json'))
  await new Promise<void>((listening) => docker.listen(join(folder, 'docker.sock'), listening))
})

afterAll(async () => {
  docker.closeAllConnections()
  docker.close()
  await Promise.all([httpbin.close(), shop.close(), authority.close()])
  await rm(folder, { recursive: true })
})

const inNode = documents.map(
  (document) => [document, blocksOf(document).filter(({ runsIn }) => runsIn === 'node')] as const,
)

describe.each(inNode.filter(([, blocks]) => blocks.length > 0))('%s', (_document, blocks) => {
  it.each(blocks)('block $index prints its comments', async (block) => {
    const code = local(block.code)
    expect(await (block.language === 'ts' ? printedBy : printedByNode)(block, code)).toEqual(printed(code))
  })
})

describe('the blocks in TypeScript', () => {
  it.each([
    ['node', 'node'],
    ['page', 'browser'],
  ])('that run in a %s compile', async (runsIn, condition) => {
    const project = await mkdtemp(join(folder, `types-${runsIn}-`))
    const blocks = documents
      .flatMap(blocksOf)
      .filter((block) => block.runsIn === runsIn && block.language === 'ts')
    for (const block of blocks) await written(block, `${block.code}\nexport {}\n`, project)
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: typed(condition) }))
    const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', project]).catch(
      (failed: { stdout: string }) => failed,
    )
    expect(stdout).toBe('')
  })
})

/** The compiler's options for a project that a bundler builds. */
function typed(condition: string): object {
  return {
    module: 'preserve',
    moduleResolution: 'bundler',
    customConditions: [condition],
    target: 'es2024',
    lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  }
}

/** Runs a block in this process. If it exports a Worker, a request is sent to it. */
async function printedBy(block: Block, code: string): Promise<string[]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  try {
    const module: { default?: { fetch?(request: Request): unknown } } = await import(
      pathToFileURL(await written(block, code)).href
    )
    await module.default?.fetch?.(new Request('https://worker.example/', { headers: { Cookie: 'sid=ada' } }))
    return log.mock.calls.map((values) => format(...values))
  } finally {
    log.mockRestore()
  }
}

/** Runs a block in a separate process, because it changes Node. */
async function printedByNode(block: Block, code: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, [await written(block, code)], { cwd: folder })
  return stdout.split('\n').filter((line) => line !== '')
}

async function written({ document, index, language }: Block, code: string, to = folder): Promise<string> {
  const ending = { ts: 'ts', js: 'mjs' }[language]
  const file = join(to, `${document.replaceAll(/\W/g, '-')}-${index}.${ending}`)
  const imports = code.includes('import ') ? '' : "import { Session } from 'session-fetch'\n"
  await writeFile(file, imports + code)
  return file
}

/** The code with local servers in place of the sites, its files in the temporary folder, and a Worker's entry in a Worker. */
function local(code: string): string {
  return code
    .replaceAll('https://httpbin.org/', withSlash(httpbin.url))
    .replaceAll('https://shop.example/', shop.url)
    .replaceAll('/var/run/docker.sock', join(folder, 'docker.sock'))
    .replaceAll(
      /'(data\.bin|cookies\.json|cookies\.txt|package\.json|\w+\.pem|me\.key)'/g,
      (_quoted, file: string) => JSON.stringify(join(folder, file)),
    )
    .replace(/'session-fetch'(?=[\s\S]*^export default \{)/m, "'session-fetch/portable'")
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}
