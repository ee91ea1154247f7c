import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/**
 * What a program has loaded when it has its first answer: modules of packages as URLs, and Node's own by name, without
 * those that come with `Response`.
 */
interface Loaded {
  readonly text: string
  readonly modules: readonly string[]
  readonly builtins: readonly string[]
}

/** Lists each module that is resolved. Node's own list has what it loaded of itself. */
const HOOK = `let port
export const initialize = (given) => { port = given }
export async function resolve(name, context, next) {
  const resolved = await next(name, context)
  port.postMessage(resolved.url)
  return resolved
}`

const program = (what: string): string => `
import { register } from 'node:module'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
const { port1, port2 } = new MessageChannel()
register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(HOOK)}`)}, { data: port2, transferList: [port2] })
Response.name
const before = process.moduleLoadList.slice()
const { Session, get } = await import('session-fetch')
const text = await (${what})(process.argv[1])
const modules = []
for (let told = receiveMessageOnPort(port1); told; told = receiveMessageOnPort(port1)) modules.push(told.message)
const builtins = process.moduleLoadList.filter((one) => !before.includes(one)).map((one) => one.replace(/^.* /, ''))
console.log(JSON.stringify({ text, modules, builtins }))
process.exit()
`

const server = createServer((_request, response) => {
  response.setHeader('Set-Cookie', 'id=1; Domain=127.0.0.1')
  response.end('welcome')
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => (server.closeAllConnections(), server.close()))

async function run(what: string): Promise<Loaded> {
  const args = ['--input-type=module', '-e', program(what), url]
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd })
  return JSON.parse(stdout) as Loaded
}

/** A program that makes one request. */
const GET = '(url) => get(url).text()'
/** Packages for cookies with a domain or a date, and for an `http.Agent`. */
const NOT_NEEDED = /tough-cookie|tldts|cross-fetch|node-fetch|whatwg-url|tr46|undici/

describe('a first get over http', () => {
  it('loads no package that it does not need', async () => {
    const { text, modules } = await run(GET)
    expect(text).toBe('welcome')
    expect(modules.filter((module) => NOT_NEEDED.test(module))).toEqual([])
  })

  it('loads two files of core, three of the jar, one of the session and the one that names it', async () => {
    const { modules } = await run(GET)
    const ours = new Set(
      modules
        .filter((module) => module.includes('/packages/'))
        .map((module) => module.replace(/^.*\/packages\//, '')),
    )
    expect([...ours].sort()).toEqual([
      'cookies/dist/adapter.js',
      'cookies/dist/index.js',
      'cookies/dist/tough-when-needed.js',
      'core/dist/node/adapter.js',
      'core/dist/node/index.js',
      'node/dist/index.js',
      'session-fetch/dist/node.js',
    ])
  })

  it('loads no module of Node that it does not need', async () => {
    const { text, builtins } = await run(GET)
    expect(text).toBe('welcome')
    expect(builtins.filter((name) => /http|child_process|readline|inspector|worker/.test(name))).toEqual([])
  })
})

describe('what needs them', () => {
  it('loads tough-cookie, in the instance that a program imports', async () => {
    const jar = `async (url) => {
      const { CookieJar } = await import('tough-cookie')
      return String(new Session().cookies.jar instanceof CookieJar)
    }`
    const { text } = await run(jar)
    expect(text).toBe('true')
  })

  it('loads cross-fetch', async () => {
    const agent = `async (url) => {
      const { Agent } = await import('node:http')
      return new Session({ agent: new Agent() }).get(url).text()
    }`
    expect((await run(agent)).modules.filter((module) => /cross-fetch/.test(module))).not.toEqual([])
  })
})
