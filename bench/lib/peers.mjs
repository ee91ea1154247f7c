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

/** @returns by name, a function that sends one GET to a path and reads the body whole. */
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
  return {
    'undici.request': (path) =>
      request(url(path), { dispatcher, headers: withCookie }).then(({ body }) => body.text()),
    'session-fetch': (path) => session.get(path).text(),
    'native fetch': (path) => fetch(url(path), { headers: withCookie }).then((response) => response.text()),
    'fetch-cookie': (path) =>
      fetchCookie(url(path), { headers: HEADERS }).then((response) => response.text()),
    'cross-fetch + agent': (path) =>
      crossFetch(url(path), { headers: withCookie, agent }).then((response) => response.text()),
    axios: (path) => api.get(`${base}${path}`).then(({ data }) => data),
    got: (path) => gotApi(url(path)).text(),
    ky: (path) => kyApi(url(path)).text(),
    ofetch: (path) => ofetch(url(path), { headers: withCookie, responseType: 'text', retry: 0 }),
    superagent: (path) =>
      supers
        .get(url(path))
        .buffer(true)
        .then(({ text }) => text),
  }
}
