/** The programs of the playground. They run against the demo site: examples/demo/site.js. */
export const programs = [
  {
    name: 'Log in',
    code: `import { Session } from 'session-fetch'

const session = new Session({ baseUrl: '/' })
const before = await session.get('members')
console.log(before.status) // 403

// The redirect sets the cookie. The browser stores it.
const form = { name: 'ada', password: 'engine' }
const response = await session.post('login', { form })
console.log(response.status, response.redirected) // 200 true
console.log(new URL(response.url).pathname) // /members

const page = await session.get('members').text()
console.log(page.includes('Welcome, ada')) // true
`,
  },
  {
    name: 'Settings of a session and of a call',
    code: `import { Session } from 'session-fetch'

const session = new Session({
  baseUrl: '/',
  headers: { 'X-App': 'demo' },
  params: { lang: 'en' },
})
const usual = await session.get('echo').json()
console.log(usual.query, usual.headers['x-app']) // {"lang":"en"} demo

// The call replaces one setting and removes another.
const options = { params: { lang: 'de' }, headers: { 'X-App': null } }
const other = await session.get('echo', options).json()
console.log(other.query, 'x-app' in other.headers) // {"lang":"de"} false
`,
  },
  {
    name: 'Errors',
    code: `import { HttpError, InvalidRequestError, Session } from 'session-fetch'

const session = new Session({ baseUrl: '/' })
try {
  await session.get('nothing-here').text()
} catch (error) {
  console.log(error instanceof HttpError, error.code) // true ERR_HTTP_STATUS
  console.log(error.response.status) // 404
}

try {
  await session.get('echo', { data: { name: 'Ada' } })
} catch (error) {
  console.log(error instanceof InvalidRequestError) // true
  console.log(error.message) // There is no option "data"
}
`,
  },
  {
    name: 'Hooks',
    code: `import { Session } from 'session-fetch'

const session = new Session({ baseUrl: '/' })
session.hooks.request.push(({ request }) => {
  request.headers.set('X-Trace', 'abc')
})
session.hooks.response.push(({ request, response }) => {
  console.log(request.method, response.status) // GET 200
})

const { headers } = await session.get('echo').json()
console.log(headers['x-trace']) // abc
`,
  },
]
