import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What a page has, of which the library makes use. */
const NAMES =
  `AbortController AbortSignal Blob DOMException FormData Headers Request Response TextDecoder TextEncoder
  URL URLSearchParams clearTimeout crypto performance queueMicrotask setTimeout`.split(/\s+/)
const page: object = Object.fromEntries(NAMES.map((name) => [name, Reflect.get(globalThis, name)]))

/** The sources as one script that leaves the library in `library`. */
async function scriptOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at(entry)],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'library',
    conditions: ['source'],
  })
  return outputFiles.map(({ text }) => text).join('')
}

describe('an engine without FinalizationRegistry', () => {
  it.each(['../src/index.ts', '../../core/src/index.ts'])('loads %s', async (entry) => {
    const context = createContext({ ...page })
    runInContext('delete globalThis.FinalizationRegistry', context)
    runInContext(await scriptOf(entry), context)
    expect(runInContext('typeof FinalizationRegistry + typeof library.Session', context)).toBe(
      'undefinedfunction',
    )
  })

  it('makes calls, and ignores an unread body', async () => {
    const answer = (): Promise<Response> => Promise.resolve(new Response('answered'))
    const context = createContext({ ...page, fetch: answer })
    runInContext('delete globalThis.FinalizationRegistry', context)
    runInContext(await scriptOf('../src/index.ts'), context)
    const calls = `(async () => {
      const session = new library.Session({ baseUrl: 'https://api.test/', timeout: 5000 })
      const { status } = await session.get('unread')
      const text = await session.get('read').text()
      await session.close()
      return [status, text].join()
    })()`
    expect(await runInContext(calls, context)).toBe('200,answered')
  })
})
