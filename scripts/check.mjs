// npm run check: lint, format, types, and what the packed packages look like. One line for each check.
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { pathWithPnpm } from './lib/pnpm.mjs'
import { root, start } from './lib/run.mjs'
import { packageFolders } from './lib/workspace.mjs'
import { setUp } from './setup.mjs'

const bin = (name) => `${root}node_modules/.bin/${name}`

try {
  setUp()
  const lanes = [...sourceChecks().map((check) => [check]), ...packLanes(pathWithPnpm())]
  const workers = Array.from({ length: availableParallelism() }, () => work(lanes))
  process.exitCode = (await Promise.all(workers)).flat().includes(false) ? 1 : 0
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

/** Takes one lane after the other. The checks of a lane run one by one. Resolves to whether each passed. */
async function work(lanes) {
  const passed = []
  for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
    for (const check of lane) passed.push(await passes(check))
  }
  return passed
}

function sourceChecks() {
  return [
    { name: 'lint', program: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
    { name: 'format', program: 'biome', args: ['format', '.'] },
    { name: 'types', program: 'tsc', args: ['-b'] },
    { name: 'types of tests', program: 'tsc', args: ['-p', 'tsconfig.test.json'] },
    { name: 'modules', program: 'node', args: ['scripts/check-modules.mjs'] },
    { name: 'messages', program: 'node', args: ['scripts/check-messages.mjs'] },
    { name: 'docstrings', program: 'node', args: ['scripts/check-docstrings.mjs'] },
    { name: 'parity', program: 'node', args: ['scripts/check-parity.mjs'] },
    { name: 'advisories', program: 'node', args: ['scripts/check-advisories.mjs'] },
    { name: 'api', program: 'node', args: ['scripts/api.mjs', '--check'] },
    { name: 'size', program: 'node', args: ['scripts/size.mjs'] },
  ]
}

/** Both tools pack the package first, as pnpm would for the registry, and so take turns. */
function packLanes(PATH) {
  return packageFolders().map((cwd) => [
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

async function passes({ name, program, args, cwd, env }) {
  const { ok, output } = await start(program === 'node' ? process.execPath : bin(program), args, { cwd, env })
  console.log(`${ok ? '✓' : '✗'} ${name}`)
  if (!ok) console.log(output)
  return ok
}
