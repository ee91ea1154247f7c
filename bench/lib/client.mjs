// One peer in a separate process, as in a program that uses only this client: a message asks for a round, and is
// answered with what the round took.
import { round } from './measure.mjs'
import { PEERS } from './peers.mjs'

const [name, base] = process.argv.slice(2)
const call = await PEERS[name](base)

async function answer({ path, sends, ...plan }) {
  const body = sends === undefined ? undefined : Buffer.alloc(sends, 'x')
  process.send(await round(() => call(path, body), plan))
}

process.on('message', (plan) => void answer(plan))
process.on('disconnect', () => process.exit())
process.send('ready')
