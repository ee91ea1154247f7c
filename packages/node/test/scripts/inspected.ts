// A program with a network inspector: node --experimental-network-inspection inspected <url>. It makes calls, and prints
// what the inspector was told, what the calls gave, and the bodies that the inspector has, in base64.
import { type InspectorNotification, Session as Inspector } from 'node:inspector/promises'
import { Session } from '@session-fetch/node'

interface Told {
  readonly requestId: string
  readonly [name: string]: unknown
}

const [, , url = ''] = process.argv
const told: [string, Told][] = []
const inspector = new Inspector()
inspector.connect()
inspector.on('inspectorNotification', ({ method, params }: InspectorNotification<object>) => {
  if (method.startsWith('Network.')) told.push([method.slice('Network.'.length), params as Told])
})
/** Its types say that it has no result. */
const post = inspector.post.bind(inspector) as (method: string, params?: object) => Promise<unknown>
await post('Network.enable')

const session = new Session({ baseUrl: url, trustEnv: false })
const texts = [await session.post('login', { form: { name: 'ada' } }).text()]
await session.get('http://127.0.0.1:9/none').catch((error: Error) => texts.push(error.name))
await session.close()

const bodies: string[] = []
for (const { requestId } of told.flatMap(([name, params]) => (name === 'loadingFinished' ? [params] : []))) {
  const { body } = (await post('Network.getResponseBody', { requestId })) as { body: string }
  bodies.push(body)
}
inspector.disconnect()
console.log(JSON.stringify({ told, texts, bodies }))
