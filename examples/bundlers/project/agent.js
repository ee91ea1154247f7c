// A server that requests the site in its first argument with its own agent.
import { Agent } from 'node:http'
import { Session } from 'session-fetch'

/** @param {string | URL} baseUrl */
async function askByAgent(baseUrl) {
  const session = new Session({ baseUrl, agent: new Agent() })
  const asked = await session.get('echo').then(
    ({ status }) => ({ status }),
    ({ name, message }) => ({ name, message }),
  )
  await session.close()
  return asked
}

void askByAgent(process.argv[2]).then((asked) => console.log(JSON.stringify(asked)))
