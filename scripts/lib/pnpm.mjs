import { run } from './run.mjs'

/** The package manager, pinned; npx fetches it where it is missing. */
export const pnpm = 'pnpm@12.21.0'

/** A PATH on which `pnpm` is found, for tools that pack through it. */
export function pathWithPnpm() {
  const { ok, output } = run('npx', ['--yes', '--package', pnpm, '--call', 'node -p process.env.PATH'])
  if (!ok) throw new Error(`npx could not fetch ${pnpm}\n${output}`)
  return output.split('\n').at(-1) ?? ''
}
