// node bench/endurance.mjs [--quick]: the tests of the Node transport with larger numbers.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Session } from 'session-fetch'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')
const part = process.argv.includes('--quick') ? 50 : 1
const MB = 1024 * 1024

const server = fork(fileURLToPath(new URL('lib/endless-server.mjs', import.meta.url)))
const [port] = await once(server, 'message')
const base = `http://127.0.0.1:${port}/`
console.log(`Node ${process.version}`)
await download(Math.ceil((1024 * MB) / part))
await upload(Math.ceil((1024 * MB) / part))
await abort(Math.ceil(10_000 / part))
await callAtOnce(Math.ceil(10_000 / part))
await callOnAndOn(Math.ceil(1_000_000 / part))
server.disconnect()
process.exit()

/** A reader that pauses after every megabyte. */
async function download(size) {
  const session = new Session()
  const response = await session.get(`${base}body/${size}`)
  const look = memory()
  let [came, pause] = [0, MB]
  for await (const chunk of response.body) {
    came += chunk.byteLength
    if (came < pause) continue
    pause += MB
    await new Promise((resolve) => setImmediate(resolve))
    look()
  }
  say(`${came / MB} MB through a slow reader`, `${(look() / MB).toFixed(1)} MB more memory at most`)
  await session.close()
}

async function upload(size) {
  const session = new Session()
  const look = memory()
  async function* chunks() {
    for (let sent = 0; sent < size; sent += 65_536) {
      look()
      yield new Uint8Array(65_536)
    }
  }
  const taken = await session
    .post(`${base}upload`, { body: Readable.from(chunks(), { objectMode: false }) })
    .text()
  say(`${Number(taken) / MB} MB sent from a stream`, `${(look() / MB).toFixed(1)} MB more memory at most`)
  await session.close()
}

/** Before the call begins, on its way, and in mid-body. */
async function abort(count) {
  const session = new Session({ keepAlive: 20, connections: 64 })
  for (let done = 0; done < count; done += 50)
    await Promise.all(Array.from({ length: 50 }, (_, index) => abortOne(session, index)))
  const { opened, running, pending } = session.stats()
  const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
  say(`${count} aborted calls`, `${opened} sockets opened, ${sockets} open, ${running + pending} calls left`)
  await session.close()
}

async function abortOne(session, index) {
  const stop = new AbortController()
  const call = session.get(`${base}stall`, { signal: stop.signal })
  if (index % 3 === 0) stop.abort()
  else if (index % 3 === 1) setImmediate(() => stop.abort())
  else call.then(() => stop.abort()).catch(() => {})
  await call.then((response) => response.text()).catch(() => {})
}

async function callAtOnce(count) {
  const session = new Session({ connections: 64 })
  const answers = await Promise.all(
    Array.from({ length: count }, (_, index) => session.get(`${base}echo/${index}`).text()),
  )
  const right = answers.filter((answer, index) => answer === `/echo/${index}`).length
  say(`${count} calls at once`, `${right} answered, ${session.stats().opened} sockets`)
  await session.close()
}

async function callOnAndOn(count) {
  const session = new Session({ baseUrl: base, params: { lang: 'en' }, hooks: { request: () => {} } })
  await calls(session, Math.ceil(count / 10))
  const heaps = [heapUsed()]
  for (let tenth = 0; tenth < 9; tenth += 1) {
    await calls(session, Math.ceil(count / 10))
    heaps.push(heapUsed())
  }
  say(
    `${count} calls`,
    `heap after each tenth, in MB: ${heaps.map((heap) => (heap / MB).toFixed(1)).join(' ')}`,
  )
  await session.close()
}

async function calls(session, count) {
  let left = count
  const worker = async () => {
    while (left-- > 0) await session.get('json').json()
  }
  await Promise.all(Array.from({ length: 32 }, worker))
}

function heapUsed() {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

function memory() {
  collectGarbage()
  const before = process.memoryUsage.rss()
  let most = 0
  return () => {
    most = Math.max(most, process.memoryUsage.rss() - before)
    return most
  }
}

function say(what, found) {
  console.log(`${what}: ${found}`)
}
