import { Accounts } from './accounts.js'

const members = [
  { name: 'Ada Lovelace', known: 'the first program' },
  { name: 'Grace Hopper', known: 'the first compiler' },
  { name: 'Katherine Johnson', known: 'the way to the Moon' },
]

/** What needs no token: `login` asks for a password, `token` and `logout` go by the cookie of a log-in. */
const openRoutes = {
  'POST /api/login': async ({ accounts }, request) => {
    const id = accounts.logIn(await readJson(request))
    if (id === null) return { status: 403, body: { error: 'wrong name or password' } }
    return { body: { welcome: true }, cookie: `sid=${id}; Path=/api/; HttpOnly; SameSite=Strict` }
  },
  'POST /api/logout': ({ accounts }, request) => {
    accounts.logOut(logInOf(request))
    return { body: { welcome: false }, cookie: 'sid=; Path=/api/; Max-Age=0' }
  },
  'POST /api/token': ({ accounts }, request) => {
    const token = accounts.newToken(logInOf(request))
    return token === null ? { status: 403, body: { error: 'log in first' } } : { body: { token } }
  },
  'DELETE /api/tokens': ({ accounts }) => {
    accounts.expireTokens()
    return { body: { expired: true } }
  },
}

const memberRoutes = {
  'GET /api/members': () => ({ body: members }),
  'PUT /api/note': async (site, request) => {
    site.note = (await readJson(request)).text
    return { body: { text: site.note } }
  },
  'GET /api/note': ({ note }) => ({ body: { text: note } }),
  'POST /api/files': async (_site, request) => ({ body: { bytes: await countBytes(request) } }),
}

/** Makes a function that answers the requests under /api/. */
export function createApi() {
  const site = { accounts: new Accounts(), note: '' }
  return async (request, response) => {
    try {
      send(response, await answer(site, request))
    } catch (error) {
      send(response, { status: 400, body: { error: error.message } })
    }
  }
}

async function answer(site, request) {
  const { pathname } = new URL(request.url, 'http://site')
  const name = `${request.method} ${pathname}`
  if (Object.hasOwn(openRoutes, name)) return openRoutes[name](site, request)
  if (!Object.hasOwn(memberRoutes, name)) return { status: 404, body: { error: `there is no ${name}` } }
  if (site.accounts.accepts(tokenOf(request))) return memberRoutes[name](site, request)
  return { status: 401, body: { error: 'no token, or one that has expired' } }
}

function send(response, { status = 200, body, cookie }) {
  response.setHeader('Content-Type', 'application/json')
  response.setHeader('Cache-Control', 'no-store')
  if (cookie !== undefined) response.setHeader('Set-Cookie', cookie)
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer error="invalid_token"')
  response.writeHead(status).end(JSON.stringify(body))
}

function tokenOf(request) {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
}

function logInOf(request) {
  return /(?:^|; )sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]
}

async function readJson(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

async function countBytes(request) {
  let bytes = 0
  for await (const chunk of request) bytes += chunk.length
  return bytes
}
