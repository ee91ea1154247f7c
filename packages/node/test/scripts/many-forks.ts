// A program with many users: node --expose-gc many-forks. It prints how many bytes each fork of a session holds.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Session } from '@session-fetch/node'

const FORKS = 10_000
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const session = new Session({
  baseUrl: 'http://api.test/v1/',
  headers: { 'X-App': 'demo' },
  params: { lang: 'en' },
  hooks: { request: () => {} },
})
await session.cookies.set('theme', 'dark')
const forks: Session[] = [session.fork()]
const before = used()
for (let count = 0; count < FORKS; count += 1) forks.push(session.fork())
console.log(JSON.stringify({ forks: forks.length - 1, bytes: Math.round((used() - before) / FORKS) }))

function used(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
