import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

const member = { name: 'ada', password: 'engine' }

const files = {
  '/': ['page.html', 'text/html; charset=utf-8'],
  '/story.js': ['story.js', 'text/javascript; charset=utf-8'],
  '/session-fetch.js': [
    '../../packages/session-fetch/dist/session-fetch.js',
    'text/javascript; charset=utf-8',
  ],
}

/**
 * Starts the demo site on a free loopback port: a log-in form, a members' page behind it, two echoes, and a
 * page that tells TCP connections apart.
 *
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function startSite() {
  const site = { sessions: new Set(), connections: new WeakMap(), connected: 0 }
  const server = createServer((request, response) => {
    answer(site, request, response).catch((error) => send(response, 500, String(error)))
  })
  server.on('connection', (socket) => site.connections.set(socket, ++site.connected))
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => close(server) }
}

function close(server) {
  const closed = new Promise((done) => server.close(done))
  server.closeAllConnections()
  return closed
}

async function answer(site, request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://site')
  if (Object.hasOwn(files, pathname)) return sendFile(response, pathname)
  switch (`${request.method} ${pathname}`) {
    case 'GET /login':
      return sendPage(response, 200, loginForm)
    case 'POST /login':
      return logIn(site, response, await readForm(request))
    case 'GET /members':
      return isMember(site, request) ? sendPage(response, 200, welcome) : sendPage(response, 403, closed)
    case 'GET /echo':
    case 'GET /other-echo':
      return sendJson(response, { path: pathname, headers: request.headers, query: entries(searchParams) })
    case 'GET /connections':
      return sendJson(response, { thisOne: site.connections.get(request.socket), soFar: site.connected })
    default:
      return sendPage(response, 404, '<h1>Nothing here</h1>')
  }
}

/** A correct password starts a session: the redirect sets the cookie. */
function logIn(site, response, form) {
  if (form.get('name') !== member.name || form.get('password') !== member.password) {
    return sendPage(response, 401, `<h1>Wrong name or password</h1>${loginForm}`)
  }
  const id = randomUUID()
  site.sessions.add(id)
  const cookie = `sid=${id}; Path=/; HttpOnly; SameSite=Lax`
  response.writeHead(302, { Location: '/members', 'Set-Cookie': cookie, 'Cache-Control': 'no-store' }).end()
}

function isMember(site, request) {
  const sid = /(?:^|; )sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]
  return sid !== undefined && site.sessions.has(sid)
}

/** The names and values of a query; a repeated name gives a list. */
function entries(searchParams) {
  const names = [...new Set(searchParams.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const values = searchParams.getAll(name)
      return [name, values.length === 1 ? values[0] : values]
    }),
  )
}

async function readForm(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return new URLSearchParams(Buffer.concat(chunks).toString())
}

/** The start page ends any earlier log-in, so that the steps start again whenever the page is loaded. */
async function sendFile(response, pathname) {
  const [file, type] = files[pathname]
  if (pathname === '/') response.setHeader('Set-Cookie', 'sid=; Path=/; Max-Age=0; HttpOnly')
  send(response, 200, await readFile(fileURLToPath(new URL(file, import.meta.url))), type)
}

function sendPage(response, status, body) {
  send(response, status, `<!doctype html><title>Demo site</title>${body}`, 'text/html; charset=utf-8')
}

function sendJson(response, value) {
  send(response, 200, JSON.stringify(value), 'application/json')
}

function send(response, status, body, type = 'text/plain; charset=utf-8') {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body)
}

const loginForm = `<form method="post" action="/login">
<label>Name <input name="name" value="${member.name}"></label>
<label>Password <input name="password" type="password" value="${member.password}"></label>
<button>Log in</button></form>`

const welcome = `<h1>Members</h1><p>Welcome, ${member.name}.</p>`

const closed = '<h1>Members only</h1><p><a href="/login">Log in</a> first.</p>'
