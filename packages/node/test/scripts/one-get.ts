import { lookup } from 'node:dns/promises'
import { setDefaultAutoSelectFamily } from 'node:net'
import { Session, type SessionError } from '@session-fetch/node'

/** Gets a URL, and prints the text of the answer or the error's code; with `first`, the address of localhost. */
const [, , url = '', what = ''] = process.argv
if (what === 'first') console.log((await lookup('localhost', { all: true }))[0]?.address)
if (what === 'no family') setDefaultAutoSelectFamily(false)
const session = new Session({ trustEnv: what === 'environment' })
console.log(
  await session
    .get(url)
    .text()
    .catch((error: unknown) => (error as SessionError).code),
)
await session.close()
