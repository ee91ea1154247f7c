// A server that prints which packages are loaded once it has made a call, and once it has made one over an agent.
import { Agent } from 'node:http'
import { createRequire } from 'node:module'
import { Session } from 'session-fetch'

const { cache } = createRequire(import.meta.url)

/** @param {ConstructorParameters<typeof Session>[0]} options */
async function packagesLoadedBy(options) {
  const session = new Session(options)
  await session.get('echo').json()
  await session.close()
  return [...new Set(Object.keys(cache).map((file) => file.split('node_modules/').at(-1)?.split('/')[0]))]
}

const baseUrl = process.argv[2]
const alone = await packagesLoadedBy({ baseUrl })
const withAgent = await packagesLoadedBy({ baseUrl, agent: new Agent() })
console.log(JSON.stringify({ alone, withAgent }))
