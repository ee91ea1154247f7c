// The story of one session. Node and the page run this same file; only the name 'session-fetch' is found in two
// ways: as an installed package in Node, through the page's import map in a browser.
import { get, post, Session, SessionClosedError } from 'session-fetch'

const login = { name: 'ada', password: 'engine' }
const calls = 10

const ours = `X-App: demo, lang=en, auth ${login.name}:${login.password}`
const nothing = 'no X-App, no lang, no auth'

const closedAtFirst = {
  title: 'Before log-in the members’ page is closed',
  tell: async ({ session }) => {
    const response = await session.get('members')
    return { holds: response.status === 403, saw: `GET /members → ${response.status}` }
  },
}

const logIn = {
  title: 'Log in with the form',
  tell: async (stage) => {
    const response = await stage.session.post('login', { form: login })
    stage.hops = response.history
    const { redirected, status, url } = response
    const hop = stage.hops[0]?.status ?? 'a redirect that the browser followed'
    const { pathname } = new URL(url)
    const holds = redirected && status === 200 && pathname === '/members'
    return { holds, saw: `POST /login → ${hop} → GET ${pathname} → ${status}` }
  },
}

const cookieCaptured = {
  title: 'The cookie was captured on the redirect',
  tell: async ({ session, hops: [hop] }) => {
    const sent = hop.headers.getSetCookie()[0] ?? ''
    const kept = await session.cookies.get('sid')
    const holds = hop.status === 302 && sent.startsWith(`sid=${kept?.value};`)
    return {
      holds,
      saw: `the ${hop.status} set sid=${sent.slice(4, 12)}…, the jar holds sid=${kept?.value.slice(0, 8)}…`,
    }
  },
}

const cookieIsTheBrowsers = {
  title: 'The browser keeps the cookie',
  tell: async ({ session }) => {
    const visible = await session.cookies.get('sid')
    const holds = !visible && !document.cookie.includes('sid')
    return { holds, saw: 'it is HttpOnly, so no script sees it: the next step shows that it is there' }
  },
}

const membersPage = {
  title: 'The members’ page opens',
  tell: async ({ session }) => {
    const page = await session.get('members').text()
    const [greeting = 'no welcome'] = /Welcome, \w+\./.exec(page) ?? []
    return { holds: greeting === `Welcome, ${login.name}.`, saw: `GET /members → “${greeting}”` }
  },
}

const defaults = {
  title: 'Header, param and auth of the session go with every request',
  tell: async ({ session }) => {
    session.headers.set('X-App', 'demo')
    session.params.set('lang', 'en')
    session.auth = [login.name, login.password]
    const [one, other] = [await echo(session, 'echo'), await echo(session, 'other-echo')]
    const holds = [one, other].every((seen) => seen === ours)
    return { holds, saw: `/echo saw ${one}\n/other-echo saw ${other}` }
  },
}

const override = {
  title: 'One call overrides them for itself',
  tell: async ({ session }) => {
    const once = await echo(session, 'echo', {
      headers: { 'X-App': 'once' },
      params: { lang: 'fr' },
      auth: ['bob', 'builder'],
    })
    const after = await echo(session, 'echo')
    const holds = once === 'X-App: once, lang=fr, auth bob:builder' && after === ours
    return { holds, saw: `that call: ${once}\nthe next: ${after}` }
  },
}

const removal = {
  title: 'null takes them out of one call',
  tell: async ({ session }) => {
    const bare = await echo(session, 'echo', {
      headers: { 'X-App': null },
      params: { lang: null },
      auth: null,
    })
    const after = await echo(session, 'echo')
    const holds = bare === nothing && after === ours
    return { holds, saw: `that call: ${bare}\nthe next: ${after}` }
  },
}

const oneConnection = {
  title: `${calls} requests share one TCP connection`,
  tell: async ({ session }) => {
    const used = new Set()
    for (let call = 1; call <= calls; call += 1) used.add((await session.get('connections').json()).thisOne)
    return { holds: used.size === 1, saw: `the server answered all on connection ${[...used].join(', ')}` }
  },
}

const functionalForgets = {
  title: 'The functional API forgets',
  tell: async ({ site }) => {
    const entered = await post(`${site}login`, { form: login })
    const { status } = await get(`${site}members`)
    const bare = await echo({ get }, `${site}echo`)
    const holds = entered.ok && status === 403 && bare === nothing
    return {
      holds,
      saw: `post(login) → ${entered.status}, then get(members) → ${status}\nget(echo): ${bare}`,
    }
  },
}

const functionalForgetsSettings = {
  title: 'The functional API forgets the settings; cookies are the browser’s',
  tell: async ({ site }) => {
    const bare = await echo({ get }, `${site}echo`)
    const { status } = await get(`${site}members`)
    const without = await get(`${site}members`, { credentials: 'omit' })
    const holds = bare === nothing && status === 200 && without.status === 403
    return {
      holds,
      saw: `get(echo): ${bare}\nget(members) → ${status}, with credentials: 'omit' → ${without.status}`,
    }
  },
}

const closes = {
  title: 'A closed session stays closed',
  tell: async ({ session }) => {
    await session.close()
    const error = await session.get('members').then(
      () => undefined,
      (reason) => reason,
    )
    return { holds: error instanceof SessionClosedError, saw: `GET /members → ${error?.name ?? 'an answer'}` }
  },
}

const settings = [defaults, override, removal]

/** The steps, in order. A browser keeps cookies itself, so two of them are told differently there. */
const steps = {
  Node: [
    closedAtFirst,
    logIn,
    cookieCaptured,
    membersPage,
    ...settings,
    oneConnection,
    functionalForgets,
    closes,
  ],
  browser: [
    closedAtFirst,
    logIn,
    cookieIsTheBrowsers,
    membersPage,
    ...settings,
    oneConnection,
    functionalForgetsSettings,
    closes,
  ],
}

/**
 * Tells the story against a running demo site.
 *
 * @param {{ site: string, where: 'Node' | 'browser', say: (told: object) => void }} stage `say` gets each step
 *   as `{ title, saw, holds, source }` as soon as it has been taken
 * @returns {Promise<boolean>} whether every step held
 */
export async function tellStory({ site, where, say }) {
  const stage = { session: new Session({ baseUrl: site }), site, hops: [] }
  let allHold = true
  for (const step of steps[where]) {
    const { holds, saw } = await step.tell(stage).catch((error) => ({ holds: false, saw: String(error) }))
    say({ title: step.title, saw, holds, source: String(step.tell) })
    allHold &&= holds
  }
  await stage.session.close()
  return allHold
}

/** What the server saw of our settings in one request, in words. */
async function echo(client, url, init) {
  const { headers, query } = await client.get(url, init).json()
  const app = headers['x-app'] ? `X-App: ${headers['x-app']}` : 'no X-App'
  const lang = query.lang ? `lang=${query.lang}` : 'no lang'
  const auth = headers.authorization ? `auth ${atob(headers.authorization.replace('Basic ', ''))}` : 'no auth'
  return `${app}, ${lang}, ${auth}`
}
