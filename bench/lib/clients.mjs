import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { PYTHON, pythonRequests } from './python-requests.mjs'

const program = fileURLToPath(new URL('client.mjs', import.meta.url))

/**
 * Starts clients, each in a separate process, and has each make calls for `warmUp` seconds, so that its code is as
 * fast as it will be.
 *
 * @returns by name, what runs rounds in it and what ends it; without Python requests, where that is not installed
 */
export async function startClients(names, base, { warmUp, certificate }) {
  const clients = {}
  for (const name of names) {
    const client = name === PYTHON ? pythonRequests(base, certificate) : await startClient(name, base)
    if (client) clients[name] = client
  }
  const plan = { path: 'json', concurrency: 32, seconds: warmUp }
  for (const { round } of Object.values(clients)) await round(plan)
  return clients
}

async function startClient(name, base) {
  const client = fork(program, [name, base])
  // Without its response there is nothing to compare.
  client.on('exit', (code) => code && process.exit(code))
  await once(client, 'message')
  return {
    async round(plan) {
      client.send(plan)
      const [figures] = await once(client, 'message')
      return figures
    },
    close: () => client.disconnect(),
  }
}
