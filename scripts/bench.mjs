// npm run bench [-- --quick]: sets up, then measures the jar against tough-cookie, and the session against its peers.
import { spawnSync } from 'node:child_process'
import { root } from './lib/run.mjs'
import { setUp } from './setup.mjs'

setUp()
for (const program of ['bench/cookies.mjs', 'bench/node.mjs']) {
  const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  })
  process.exitCode ||= status ?? 1
}
