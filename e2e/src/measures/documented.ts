import { readFileSync } from 'node:fs'
import type { EngineName } from '../engines/engine.js'

const columns: readonly EngineName[] = ['chromium', 'firefox', 'webkit']
const page = readFileSync(new URL('../../../docs/browsers.md', import.meta.url), 'utf8')

/** What the table in `docs/browsers.md` says of an engine, in the row of that title. */
export function documented(title: string, engine: EngineName): string {
  const rows = page.split('\n').filter((line) => line.startsWith('|'))
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()))
  const row = cells.find(([, first]) => first === title)
  return row?.[columns.indexOf(engine) + 2] ?? `no row "${title}"`
}
