// Run by bench/processes.mjs: one client in a process that makes its calls and ends. It prints the microseconds of
// processor time that a call took, without those of the start and of the calls before.
const [name, base, concurrency, calls, before] = process.argv
  .slice(2)
  .map((word, at) => (at < 2 ? word : Number(word)))
const HEADERS = { 'x-app': 'bench', 'x-tenant': '7' }
const WITH_COOKIE = { ...HEADERS, cookie: 'theme=dark' }
const { origin } = new URL(base)

/** By name, what makes the function that sends one GET for small JSON and reads it. */
const CLIENTS = {
  async 'undici.Agent.request'() {
    const { Agent } = await import('undici')
    return undiciRequest(new Agent({ connections: concurrency }))
  },

  async 'undici.request(url)'() {
    const { Agent, request } = await import('undici')
    const dispatcher = new Agent({ connections: concurrency })
    return async () => {
      const { body } = await request(`${base}json?lang=en`, { dispatcher, headers: WITH_COOKIE })
      return body.text()
    }
  },

  async 'session-fetch'() {
    return sessionCall({ connections: concurrency })
  },

  async 'session-fetch over undici'() {
    const { Agent } = await import('undici')
    return sessionCall({ agent: new Agent({ connections: concurrency }) })
  },

  async 'undici.Agent.request, HTTP/2'() {
    const { Agent } = await import('undici')
    return undiciRequest(new Agent({ connections: 1, allowH2: true }))
  },

  async 'session-fetch, HTTP/2'() {
    return sessionCall({ connections: 1, http2: true })
  },
}

const call = await CLIENTS[name]()
await run(before)
const start = process.cpuUsage()
await run(calls)
const { user, system } = process.cpuUsage(start)
console.log((user + system) / calls)
process.exit()

/** So many calls, as many at a time as were asked for. */
async function run(count) {
  let left = count
  const worker = async () => {
    while (left-- > 0) if ((await call()) === '') throw new Error('an empty answer')
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

/** The URL is in parts, so that nothing parses it. */
function undiciRequest(agent) {
  const options = { origin, path: '/json?lang=en', method: 'GET', headers: WITH_COOKIE }
  return async () => (await agent.request(options)).body.text()
}

async function sessionCall(options) {
  const { Session } = await import('session-fetch')
  const hooks = { request: [() => {}] }
  const session = new Session({ baseUrl: base, headers: HEADERS, params: { lang: 'en' }, hooks, ...options })
  await session.cookies.set('theme', 'dark')
  return () => session.get('json').text()
}
