import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { run } from './run.mjs'

const policy = '/usr/sbin/policy-rc.d'
const lockPause = 3_000
const lockTries = 100
const stay = () => {}

/** Whether we may install Debian packages here: root, on a system that has apt-get and dpkg. */
export function canInstallPackages() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg')
}

/**
 * Installs Debian packages, the newest there are: the lists that a machine comes with may be months old, and name
 * browsers that are too old to be driven. Where no newer lists can be had, those have to do.
 *
 * @param {string[]} packages
 * @returns {{ ok: boolean, output: string }}
 */
export function installPackages(packages) {
  return withoutStartingServices(() => {
    const lists = aptGet('update')
    const { ok, output } = aptGet('install', ...packages)
    return { ok, output: `${lists.output}\n${output}` }
  })
}

/** One run of apt-get. Waits while another program holds a lock that apt-get itself will not wait for. */
function aptGet(...words) {
  const options = ['-qq', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600']
  for (let tries = 1; ; tries += 1) {
    const result = run('apt-get', [...options, ...words], { env: { DEBIAN_FRONTEND: 'noninteractive' } })
    const isLocked = !result.ok && /could not get lock|unable to lock/i.test(result.output)
    if (!isLocked || tries === lockTries) return result
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lockPause)
  }
}

/**
 * Keeps Debian from starting the services of the packages that `install` brings. A machine that has a policy
 * of its own keeps it; where there is none, ours stands for as long as the installation takes.
 */
function withoutStartingServices(install) {
  if (existsSync(policy)) return install()
  // With a listener in place an interrupt ends apt-get, not us, so that the policy is always taken away again.
  process.on('SIGINT', stay).on('SIGTERM', stay)
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return install()
  } finally {
    rmSync(policy, { force: true })
    process.off('SIGINT', stay).off('SIGTERM', stay)
  }
}
