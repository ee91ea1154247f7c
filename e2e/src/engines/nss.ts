import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Authority } from '@session-fetch/test-support/certificates'

const run = promisify(execFile)

/** Makes an NSS database in that folder which trusts the authority for servers: Chromium's and Firefox's store. */
export async function trust({ caFile }: Authority, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const database = ['-d', `sql:${folder}`]
  await run('certutil', ['-N', ...database, '--empty-password'])
  await run('certutil', ['-A', ...database, '-n', 'session-fetch', '-t', 'C,,', '-i', caFile])
}
