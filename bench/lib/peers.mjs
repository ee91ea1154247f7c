// Each peer as its own documentation would have it for many calls to one API: keep-alive on, a cookie kept
// where it can keep one, two default headers, one query parameter.
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import axios from 'axios'
import crossFetch from 'cross-fetch'
import makeFetchCookie from 'fetch-cookie'
import got from 'got'
import ky from 'ky'
import { ofetch } from 'ofetch'
import { Session } from 'session-fetch'
import superagent from 'superagent'
import { CookieJar } from 'tough-cookie'
import { Agent, request } from 'undici'

const HEADERS = { 'x-app': 'bench', 'x-tenant': '7' }
const CONNECTIONS = 256

/** @returns by name, a function that sends one GET to a path, or one POST with a body, and reads what comes back whole. */
export async function peers(base) {
  const session = new Session({
    baseUrl: base,
    headers: HEADERS,
    params: { lang: 'en' },
    hooks: { request: [() => {}] },
    connections: CONNECTIONS,
  })
  await session.cookies.set('theme', 'dark')
  const dispatcher = new Agent({ connections: CONNECTIONS })
  const keepAlive = { keepAlive: true, maxSockets: CONNECTIONS }
  const agents = { http: new HttpAgent(keepAlive), https: new HttpsAgent(keepAlive) }
  const agent = agents[new URL(base).protocol.slice(0, -1)]
  const jar = new CookieJar()
  await jar.setCookie('theme=dark', base)
  const fetchCookie = makeFetchCookie(fetch, jar)
  const withCookie = { ...HEADERS, cookie: 'theme=dark' }
  const url = (path) => `${base}${path}?lang=en`
  const api = axios.create({
    headers: withCookie,
    httpAgent: agents.http,
    httpsAgent: agents.https,
    params: { lang: 'en' },
    responseType: 'text',
    transformResponse: (text) => text,
  })
  const gotApi = got.extend({ headers: HEADERS, cookieJar: jar, agent: agents, retry: { limit: 0 } })
  const kyApi = ky.create({ headers: withCookie, retry: 0 })
  const supers = superagent.agent().set(withCookie)
  const init = (body) => (body ? { method: 'POST', body } : {})
  return {
    'undici.request': (path, body) =>
      request(url(path), { dispatcher, headers: withCookie, ...init(body) }).then(({ body }) => body.text()),
    'session-fetch': (path, body) => session.request(body ? 'POST' : 'GET', path, { body }).text(),
    'native fetch': (path, body) =>
      fetch(url(path), { headers: withCookie, ...init(body) }).then((response) => response.text()),
    'fetch-cookie': (path, body) =>
      fetchCookie(url(path), { headers: HEADERS, ...init(body) }).then((response) => response.text()),
    'cross-fetch + agent': (path, body) =>
      crossFetch(url(path), { headers: withCookie, agent, ...init(body) }).then((response) =>
        response.text(),
      ),
    axios: (path, body) =>
      (body ? api.post(`${base}${path}`, body) : api.get(`${base}${path}`)).then(({ data }) => data),
    got: (path, body) => gotApi(url(path), init(body)).text(),
    ky: (path, body) => kyApi(url(path), init(body)).text(),
    ofetch: (path, body) =>
      ofetch(url(path), { headers: withCookie, responseType: 'text', retry: 0, ...init(body) }),
    superagent: (path, body) =>
      (body ? supers.post(url(path)).send(body) : supers.get(url(path)))
        .buffer(true)
        .then(({ text }) => text),
  }
}
