import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ContractServer, startContractServer } from '@session-fetch/test-support/contract-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeContents } from './contents.js'
import { type Installed, describeManagers, describeReadme } from './managers.js'
import { describeNext } from './next.js'
import { pack, packages, root, start } from './project.js'
import { describeSetUp } from './set-up.js'

let tarballs: string
let folder: string
let site: ContractServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-fetch-installed-'))
  tarballs = join(folder, 'tarballs')
  site = await startContractServer()
  await pack(tarballs)
})

afterAll(async () => {
  await site.close()
  await rm(folder, { recursive: true })
})

/** A network that npm cannot reach. */
const offline =
  'npm_config_proxy=http://127.0.0.1:9 npm_config_https_proxy=http://127.0.0.1:9 npm_config_noproxy='

const installed = (): Installed => ({ tarballs, folder, url: site.url })

describe('npm pack: a tarball', () => {
  describeContents(() => tarballs)
})

describe('npm run release: a dry run', () => {
  it('packs every package and needs no network', async () => {
    const printed = await start('sh', ['-c', `${offline} node scripts/release.mjs --dry-run`], root)
    const released = Array.from(printed.matchAll(/^(\S+) \S+: would be published/gm), ([, name]) => name)
    expect(released.map((name) => name?.replace('@session-fetch/', '')).sort()).toEqual(packages)
  })
})

describe('a package manager', () => {
  describeManagers(installed)
})

describe('README.md', () => {
  describeReadme()
})

describe('docs/setup.md', () => {
  beforeAll(async () => {
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    await start('sh', ['-c', 'npm install --no-audit --no-fund ./tarballs/*.tgz'], folder)
    await borrowTypes('@types/node', 'undici-types')
  })

  describeSetUp(installed)
  describeNext(installed)
})

/** Copies packages of types from this project, which a program would install. */
async function borrowTypes(...names: string[]): Promise<void> {
  const own = createRequire(import.meta.url).resolve('@types/node/package.json')
  const { resolve } = createRequire(own)
  await mkdir(join(folder, 'node_modules/@types'))
  for (const name of names)
    await cp(dirname(resolve(`${name}/package.json`)), join(folder, 'node_modules', name), {
      recursive: true,
      dereference: true,
    })
}
