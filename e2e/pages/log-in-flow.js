// A person's way in, for wherever a script runs: a worker, a shared worker, a service worker, a frame. Each takes a
// message with the site's address, and answers through the port that came with it.
import { HttpError, Session, UnsupportedError } from './session-fetch.js'

addEventListener('message', answer)
addEventListener('connect', ({ ports: [port] }) => {
  port.addEventListener('message', answer)
  port.start()
})

function answer({ data: baseUrl, ports: [port] }) {
  const told = logIn(baseUrl).catch(String)
  void told.then((message) => port.postMessage(message))
}

async function logIn(baseUrl) {
  const session = new Session({ baseUrl, headers: { 'X-App': 'demo' }, params: { lang: 'en' } })
  const before = (await session.get('members')).status
  const refused = await session
    .post('login', { form: { password: 'wrong' } })
    .json()
    .catch(statusOf)
  await session.post('login', { form: { password: 'open sesame' } })
  const after = (await session.get('members')).status
  const { target, headers } = await session.get('echo').json()
  const cookies = await session.cookies.getAll().then((all) => all.length, nameOf)
  await session.close()
  return { before, refused, after, sent: [target, headers['x-app']], cookies }
}

const statusOf = (error) => (error instanceof HttpError ? error.status : String(error))
const nameOf = (error) => (error instanceof UnsupportedError ? error.name : String(error))
