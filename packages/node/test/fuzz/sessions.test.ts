import { Session } from '@session-fetch/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { budgetFrom } from './seeds.js'
import { type Run, bundled, removePrograms } from '../run-script.js'

const { ms = 0 } = budgetFrom(process.env)

/** Unread bodies cause a warning, which is not tested here. */
const QUIET = { flags: ['--no-warnings'] }

let fuzz: Run
beforeAll(async () => {
  fuzz = await bundled('fuzz-sessions')
})
afterAll(removePrograms)

describe(Session, { timeout: 300_000 + ms }, () => {
  it.each(['sockets', 'TLS', 'http.Agent', 'dispatcher'])(
    'over %s gives each call its own body or an error, in time, and leaves nothing behind',
    async (transport) => {
      const { code, stdout, stderr } = await fuzz.with(QUIET, transport)
      expect(`${stdout}${stderr}`).toMatch(/^\d+ rounds\n$/)
      expect(code).toBe(0)
    },
  )
})
