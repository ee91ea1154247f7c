import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Lends a test runner a file to write its JSON report to, and reads it.
 *
 * @param {(file: string) => { ok: boolean }} runner
 * @returns {{ ok: boolean, report: object | undefined }} no report where the runner wrote none
 */
export function withReportFile(runner) {
  const folder = mkdtempSync(join(tmpdir(), 'session-fetch-'))
  const file = join(folder, 'report.json')
  try {
    const { ok } = runner(file)
    return { ok, report: read(file) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
