// npm run release -- --dry-run: packs every package and shows what would be published. Needs no network.
// npm run release: publishes the versions that are not published yet. The release workflow runs it, which has the rights.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathWithPnpm } from './lib/pnpm.mjs'
import { run } from './lib/run.mjs'
import { manifest, packageFolders } from './lib/workspace.mjs'
import { setUp } from './setup.mjs'

const isDry = process.argv.includes('--dry-run')
const folder = mkdtempSync(join(tmpdir(), 'session-fetch-release-'))

try {
  setUp()
  const releases = inOrder(packageFolders().map(manifest))
  const versions = new Set(releases.map(({ version }) => version))
  if (versions.size > 1) throw new Error(`the packages have different versions: ${[...versions].join(', ')}`)
  pack()
  for (const release of releases) publish(release)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}

/** Packages after the ones they depend on, so that a version is never published before its dependencies. */
function inOrder(manifests) {
  const names = new Set(manifests.map(({ name }) => name))
  const done = new Set()
  const ordered = []
  while (ordered.length < manifests.length) {
    const ready = manifests.filter(
      ({ name, dependencies = {} }) =>
        !done.has(name) && Object.keys(dependencies).every((each) => !names.has(each) || done.has(each)),
    )
    if (ready.length === 0) throw new Error('the packages depend on each other')
    for (const one of ready) done.add(one.name)
    ordered.push(...ready)
  }
  return ordered
}

function publish({ name, version }) {
  if (!isDry && run('npm', ['view', `${name}@${version}`, 'version']).output === version) {
    console.log(`${name} ${version}: is published`)
    return
  }
  const tarball = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  // A dry run asks the registry, too, and does without an answer.
  const flags = isDry ? ['--dry-run', '--fetch-retries=0', '--provenance=false'] : ['--provenance']
  const { ok, output } = run('npm', ['publish', tarball, '--access', 'public', ...flags])
  if (!ok) throw new Error(`${name} ${version}: not published\n${output}`)
  const [, size = ''] = /package size: (.*)/.exec(output) ?? []
  console.log(`${name} ${version}: ${isDry ? 'would be published' : 'published'} ${size}`.trim())
}

/** Packs all packages, as pnpm does it: with versions in the place of `workspace:` ranges. */
function pack() {
  const words = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder]
  const { ok, output } = run('pnpm', words, { env: { PATH: pathWithPnpm() } })
  if (!ok) throw new Error(`the packages could not be packed\n${output}`)
}
