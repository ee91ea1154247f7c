// What runs in the page. Each client reads the same JSON with the same two headers and one param, each in the way
// its documentation has for many calls to one API.
import axios from 'axios'
import ky from 'ky'
import { Session, fetchTransport } from 'session-fetch'
import { interleaved } from './measure.mjs'

const HEADERS = { 'x-app': 'bench', 'x-tenant': '7' }
const params = { lang: 'en' }
const STUB_BODY = JSON.stringify({ id: 7, name: 'Ada' })
const noop = () => {}
const stub = () => Promise.resolve(new Response(STUB_BODY))

/** Calls to the page's own site. */
globalThis.measureCalls = (plan) => {
  const session = new Session({ baseUrl: '/', headers: HEADERS, params, hooks: { request: noop } })
  const kyApi = ky.create({ headers: HEADERS, retry: 0 })
  const axiosApi = axios.create({ headers: HEADERS, params })
  const calls = {
    fetch: () => fetch('/json?lang=en', { headers: HEADERS }).then((response) => response.json()),
    'session-fetch': () => session.get('json').json(),
    ky: () => kyApi.get('/json', { searchParams: params }).json(),
    axios: () => axiosApi.get('/json').then(({ data }) => data),
  }
  return interleaved(calls, 'fetch', plan)
}

/** Calls over a stub of fetch that answers at once: what is left is each client's own JavaScript. */
globalThis.measureOwn = (plan) => {
  const session = new Session({ baseUrl: '/', headers: HEADERS, params, hooks: { request: noop } })
  session.mount(location.origin, fetchTransport(stub))
  const kyApi = ky.create({ headers: HEADERS, retry: 0, fetch: stub })
  const calls = {
    'the stub alone': stub,
    'session-fetch': () => session.get('json'),
    ky: () => kyApi.get('/json', { searchParams: params }),
  }
  return interleaved(calls, 'the stub alone', { ...plan, concurrency: 1, warmUp: 5000 })
}
