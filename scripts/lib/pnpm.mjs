import { root, run } from './run.mjs'
import { manifest } from './workspace.mjs'

/** The package manager and its version. npx fetches it if it is missing. */
export const pnpm = manifest(root).packageManager

/** A PATH on which `pnpm` is found, for tools that pack through it. */
export function pathWithPnpm() {
  const { ok, output } = run('npx', [
    '--yes',
    '--prefer-offline',
    '--package',
    pnpm,
    '--call',
    'node -p process.env.PATH',
  ])
  if (!ok) throw new Error(`npx could not fetch ${pnpm}\n${output}`)
  return output.split('\n').at(-1) ?? ''
}
