// npm run check: lint, format, types, and what the packed packages look like. One line for each check.
import { relative } from 'node:path'
import { pathWithPnpm } from './lib/pnpm.mjs'
import { root, run } from './lib/run.mjs'
import { packageFolders } from './lib/workspace.mjs'
import { setUp } from './setup.mjs'

const bin = (name) => `${root}node_modules/.bin/${name}`

try {
  setUp()
  const checks = [...sourceChecks(), ...packChecks(pathWithPnpm())]
  const failed = checks.filter((check) => !passes(check))
  process.exitCode = failed.length > 0 ? 1 : 0
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

function sourceChecks() {
  return [
    { name: 'lint', program: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
    { name: 'format', program: 'biome', args: ['format', '.'] },
    { name: 'types', program: 'tsc', args: ['-b'] },
    { name: 'types of tests', program: 'tsc', args: ['-p', 'tsconfig.test.json'] },
    { name: 'modules', program: 'node', args: ['scripts/check-modules.mjs'] },
    { name: 'parity', program: 'node', args: ['scripts/check-parity.mjs'] },
    { name: 'api', program: 'node', args: ['scripts/api.mjs', '--check'] },
    { name: 'size', program: 'node', args: ['scripts/size.mjs'] },
  ]
}

/** Both tools pack the package first, as pnpm would for the registry. */
function packChecks(PATH) {
  return packageFolders().flatMap((cwd) => [
    { name: `publint ${relative(root, cwd)}`, program: 'publint', args: ['--strict'], cwd, env: { PATH } },
    {
      name: `attw ${relative(root, cwd)}`,
      program: 'attw',
      args: ['--pack', '.', '--profile', 'esm-only'],
      cwd,
      env: { PATH },
    },
  ])
}

function passes({ name, program, args, cwd, env }) {
  const { ok, output } = run(program === 'node' ? process.execPath : bin(program), args, { cwd, env })
  console.log(`${ok ? '✓' : '✗'} ${name}`)
  if (!ok) console.log(output)
  return ok
}
