import { Session } from './session-fetch.js'

/** What a session does in a worker, or in a service worker. */
async function work(baseUrl) {
  const session = new Session({ baseUrl, headers: { 'X-App': 'demo' }, abortOnPageHide: true })
  await session.get('set-cookie?line=a=1;%20Path=/')
  const { headers } = await session.get('echo').json()
  const cookies = await session.cookies.getAll().then(
    (all) => all.map(({ name }) => name),
    (error) => error.name,
  )
  const ended = session.get(`hang?id=${crypto.randomUUID()}`).catch((error) => error.name)
  dispatchEvent(new Event('pagehide')) // no worker gets one by itself
  return { sent: headers.cookie, header: headers['x-app'], cookies, ended: await ended }
}

async function answer({ data, source }) {
  const done = await work(data).catch(String)
  const asker = source ?? globalThis
  asker.postMessage(done, [])
}

addEventListener('message', (event) => void answer(event))
