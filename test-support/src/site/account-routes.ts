import type { Exchange } from './exchange.js'
import type { Route } from './routes.js'

const token = 'members-only'

/** Pages that require credentials. */
export const accountRoutes: [string, Route][] = [
  ['/login', login],
  ['/members', members],
  ['/basic-auth', basicAuth],
]

const form = `<!doctype html><title>Log in</title>
<form method="post"><input name="name"><input name="password" type="password"><button>Log in</button></form>`

/** The form, and the log-in itself: a good password gets an `HttpOnly` cookie on a 302 to `/members`. */
async function login(exchange: Exchange): Promise<void> {
  if (exchange.request.method !== 'POST') {
    exchange.text(200, form, { 'Content-Type': 'text/html;charset=UTF-8' })
    return
  }
  const fields = new URLSearchParams((await exchange.body()).toString())
  if (fields.get('password') !== 'open sesame') exchange.json(403, { error: 'wrong password' })
  else exchange.redirect(302, '/members', { 'Set-Cookie': `sid=${token}; Path=/; HttpOnly; SameSite=Lax` })
}

function members(exchange: Exchange): void {
  if (exchange.cookies['sid'] === token) exchange.json(200, { welcome: 'member' })
  else exchange.json(403, { error: 'members only' })
}

/**
 * `/basic-auth/user/password` wants exactly these credentials. The challenge has a scheme of its own: at one for
 * Basic a browser would stop and ask its person.
 */
function basicAuth(exchange: Exchange): void {
  const [, user, password] = exchange.segments
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  if (exchange.request.headers.authorization === wanted) exchange.json(200, { authenticated: true, user })
  else exchange.json(401, { authenticated: false }, { 'WWW-Authenticate': 'Contract realm="members"' })
}
