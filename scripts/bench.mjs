// npm run bench [-- --quick]: sets up, then measures session-fetch against its peers.
import { spawnSync } from 'node:child_process'
import { root } from './lib/run.mjs'
import { setUp } from './setup.mjs'

setUp()
const { status } = spawnSync(process.execPath, ['bench/node.mjs', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
