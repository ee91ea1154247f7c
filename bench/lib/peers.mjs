// Each peer as its own documentation would have it for many calls to one API: keep-alive on, a cookie kept
// where it can keep one, two default headers, one query parameter, and a request hook where it has hooks.

const HEADERS = { 'x-app': 'bench', 'x-tenant': '7' }
const WITH_COOKIE = { ...HEADERS, cookie: 'theme=dark' }
const CONNECTIONS = 256
const KEPT_ALIVE = { keepAlive: true, maxSockets: CONNECTIONS }

/**
 * By name, what makes a client for a server's base URL: a function that sends one GET to a path, or one POST with a
 * body, and reads what comes back whole. Each loads its own library and no other.
 */
export const PEERS = {
  async 'undici.request'(base) {
    const { Agent, request } = await import('undici')
    const dispatcher = new Agent({ connections: CONNECTIONS })
    return async (path, body) => {
      const options = { dispatcher, headers: WITH_COOKIE, ...init(body) }
      return (await request(urlOf(base, path), options)).body.text()
    }
  },

  async 'session-fetch'(base) {
    const { Session } = await import('session-fetch')
    const session = new Session({
      baseUrl: base,
      headers: HEADERS,
      params: { lang: 'en' },
      hooks: { request: [() => {}] },
      connections: CONNECTIONS,
    })
    await session.cookies.set('theme', 'dark')
    return (path, body) => session.request(body ? 'POST' : 'GET', path, { body }).text()
  },

  async 'session-fetch/portable'(base) {
    const { Session } = await import('session-fetch/portable')
    const session = new Session({
      baseUrl: base,
      headers: HEADERS,
      params: { lang: 'en' },
      hooks: { request: [() => {}] },
    })
    await session.cookies.set('theme', 'dark')
    return (path, body) => session.request(body ? 'POST' : 'GET', path, { body }).text()
  },

  async 'native fetch'(base) {
    return async (path, body) =>
      (await fetch(urlOf(base, path), { headers: WITH_COOKIE, ...init(body) })).text()
  },

  async 'fetch-cookie'(base) {
    const { default: makeFetchCookie } = await import('fetch-cookie')
    const fetchCookie = makeFetchCookie(fetch, await jarFor(base))
    return async (path, body) =>
      (await fetchCookie(urlOf(base, path), { headers: HEADERS, ...init(body) })).text()
  },

  async 'cross-fetch + agent'(base) {
    const { default: crossFetch } = await import('cross-fetch')
    const agents = await keepAliveAgents()
    const agent = agents[new URL(base).protocol.slice(0, -1)]
    return async (path, body) =>
      (await crossFetch(urlOf(base, path), { headers: WITH_COOKIE, agent, ...init(body) })).text()
  },

  async axios(base) {
    return axiosOver(base, WITH_COOKIE, await keepAliveAgents())
  },

  async 'axios + jar'(base) {
    const { HttpCookieAgent, HttpsCookieAgent } = await import('http-cookie-agent/http')
    const options = { ...KEPT_ALIVE, cookies: { jar: await jarFor(base) } }
    const agents = { http: new HttpCookieAgent(options), https: new HttpsCookieAgent(options) }
    return axiosOver(base, HEADERS, agents)
  },

  async got(base) {
    const { default: got } = await import('got')
    const [agent, cookieJar] = await Promise.all([keepAliveAgents(), jarFor(base)])
    const api = got.extend({
      headers: HEADERS,
      cookieJar,
      agent,
      retry: { limit: 0 },
      hooks: { beforeRequest: [() => {}] },
    })
    return (path, body) => api(urlOf(base, path), init(body)).text()
  },

  async ky(base) {
    const { default: ky } = await import('ky')
    const api = ky.create({ headers: WITH_COOKIE, retry: 0, hooks: { beforeRequest: [() => {}] } })
    return (path, body) => api(urlOf(base, path), init(body)).text()
  },

  async ofetch(base) {
    const { ofetch } = await import('ofetch')
    const options = { headers: WITH_COOKIE, responseType: 'text', retry: 0, onRequest: () => {} }
    return (path, body) => ofetch(urlOf(base, path), { ...options, ...init(body) })
  },

  async superagent(base) {
    const { default: superagent } = await import('superagent')
    const agents = await keepAliveAgents()
    const kept = agents[new URL(base).protocol.slice(0, -1)]
    const agent = superagent.agent().set(WITH_COOKIE)
    return async (path, body) => {
      const call = body ? agent.post(urlOf(base, path)).send(body) : agent.get(urlOf(base, path))
      return (await call.agent(kept).buffer(true)).text
    }
  },
}

function urlOf(base, path) {
  return `${base}${path}?lang=en`
}

function init(body) {
  return body ? { method: 'POST', body } : {}
}

async function jarFor(base) {
  const { CookieJar } = await import('tough-cookie')
  const jar = new CookieJar()
  await jar.setCookie('theme=dark', base)
  return jar
}

async function axiosOver(base, headers, agents) {
  const { default: axios } = await import('axios')
  const api = axios.create({
    headers,
    httpAgent: agents.http,
    httpsAgent: agents.https,
    params: { lang: 'en' },
    responseType: 'text',
    transformResponse: (text) => text,
  })
  api.interceptors.request.use((config) => config)
  return async (path, body) =>
    (body ? await api.post(`${base}${path}`, body) : await api.get(`${base}${path}`)).data
}

async function keepAliveAgents() {
  const [http, https] = await Promise.all([import('node:http'), import('node:https')])
  return { http: new http.Agent(KEPT_ALIVE), https: new https.Agent(KEPT_ALIVE) }
}
