import { readFileSync, readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Visit, head } from '@session-fetch/test-support/fault-server'
import { describeContract } from '@session-fetch/test-support/run-contract'
import { describe, expect, it } from 'vitest'
import * as library from '../../dist/index.js'
import { atEnd, serve } from '../fault-stage.js'

describeContract('the contract, over what is published', library)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Ways to a body that keep hold of no response. */
const ways: Record<string, (response: Response) => AsyncIterable<Uint8Array> | null> = {
  'its stream': ({ body }) => body,
  'a reader': ({ body }) => {
    const reader = body?.getReader()
    return (async function* () {
      for (let next = await reader?.read(); next?.value; next = await reader?.read()) yield next.value
    })()
  },
  'a stream that it is piped through': ({ body }) => body?.pipeThrough(new TransformStream()) ?? null,
  'another response': ({ body }) => new Response(body).body,
  'a Readable': ({ body }) => body && Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]),
  'a clone': (response) => response.clone().body,
}

describe('response.body, as published, of a response that is forgotten', () => {
  it.each(Object.entries(ways))('is read to its end by %s', async (_name, way) => {
    const visits: Visit[] = []
    const server = await serve((visit) => {
      visits.push(visit)
      visit.send(`${head('200 OK', 'Content-Length: 10')}first`)
    })
    const session = new library.Session({ trustEnv: false })
    atEnd(() => session.close())
    const body = await (async () => way(await session.get(server.url)))()
    for (let turns = 0; turns < 5; turns += 1) {
      collectGarbage()
      await turn()
    }
    visits[0]?.send('after')
    expect(await text(body ?? Readable.from([]))).toBe('firstafter')
  })
})

/** The files of types that a package publishes. */
function typesOf(name: string): string[] {
  const folder = new URL(`../../../${name}/dist/`, import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith('.d.ts'))
  return files.map((file) => readFileSync(new URL(file, folder), 'utf8'))
}

describe('Session: the types that are published', () => {
  it.each(['core', 'node'])('by %s bring the library that declares Symbol.asyncDispose', (name) => {
    const naming = typesOf(name).filter((types) => types.includes('Symbol.asyncDispose'))
    expect(naming).toHaveLength(1)
    expect(naming[0]).toMatch(/^\/\/\/ <reference lib="esnext.disposable" \/>\n/)
  })
})
