import { existsSync } from 'node:fs'
import { canInstallPackages, installPackages } from './debian.mjs'
import { findBrowser, findFirefox, hasPrograms, oldestFirefox } from './find-browser.mjs'
import { run } from './run.mjs'
import { slowly } from './slowly.mjs'

const python = '/usr/bin/python3'
const programs = [
  '/usr/sbin/nginx',
  '/usr/sbin/squid',
  '/usr/bin/tinyproxy',
  '/usr/bin/microsocks',
  '/usr/bin/redis-server',
  '/usr/bin/curl',
  '/usr/bin/wget',
]

/** Whether we may install on the system: `--no-system` on any command forbids it. */
export const mayInstall = !process.argv.includes('--no-system')

/**
 * What a command may need from the system: what for, about how long its installation takes, how to see that it is
 * there, Debian's packages for it, and the words that tell a person elsewhere what to install.
 */
const needs = {
  chromium: {
    purpose: 'the browser of the demo and of the browser tests',
    seconds: 30,
    isThere: () => findBrowser() !== undefined,
    packages: ['chromium'],
    advice: 'no Chromium found: install Chromium or Chrome, or name one in CHROMIUM_BIN',
  },
  firefox: {
    purpose: 'a second engine for the browser tests',
    seconds: 20,
    isThere: () => findFirefox() !== undefined,
    packages: ['firefox-esr'],
    advice: `no Firefox ${oldestFirefox} or later found: install one, or name it in FIREFOX_BIN`,
  },
  webkit: {
    purpose: 'a third engine for the browser tests',
    seconds: 30,
    isThere: () => hasPrograms('WebKitWebDriver', 'bwrap', 'Xvfb'),
    packages: ['webkit2gtk-driver', 'bubblewrap', 'xvfb'],
    advice: 'no WebKitGTK found: install WebKitWebDriver with its MiniBrowser, bubblewrap and Xvfb',
  },
  certificates: {
    purpose: 'certificates that the browsers accept',
    seconds: 5,
    isThere: () => hasPrograms('openssl', 'certutil'),
    packages: ['openssl', 'libnss3-tools'],
    advice: 'no certificates for browsers: install openssl and certutil (of NSS)',
  },
  httpbin: {
    purpose: 'the server that the tests and the examples in the documents talk to',
    seconds: 15,
    isThere: () => pythonHas('httpbin', 'gunicorn', 'requests'),
    packages: ['python3-httpbin', 'python3-gunicorn', 'python3-requests'],
    advice: `no httpbin found: install httpbin, gunicorn and requests for ${python}`,
  },
  network: {
    purpose: 'servers, proxies and clients that the tests compare with',
    seconds: 20,
    isThere: () => programs.every((file) => existsSync(file)) && run('openssl', ['version']).ok,
    packages: ['nginx-light', 'squid', 'tinyproxy', 'microsocks', 'redis-server', 'curl', 'wget', 'openssl'],
    advice:
      'no servers and proxies to test with: install nginx, squid, tinyproxy, microsocks, redis, curl, wget and openssl',
  },
}

/** @typedef {keyof typeof needs} Need */

/**
 * Sees to it that what is named is installed, as far as we may.
 *
 * @param {Need[]} names
 * @returns {string[]} one line for each thing that is still missing
 */
export function provide(names) {
  const missing = names.map((name) => needs[name]).filter((need) => !need.isThere())
  if (missing.length === 0) return []
  if (!mayInstall || !canInstallPackages()) return missing.map((need) => need.advice + debianWords(need))
  for (const need of missing) console.log(announcement(need))
  const packages = missing.flatMap((need) => need.packages)
  slowly('installing', () => installPackages(packages))
  return missing.filter((need) => !need.isThere()).map((need) => need.advice)
}

/** What will be installed, what for, and about how long it takes. */
function announcement({ packages, purpose, seconds }) {
  return `setup: installs ${packages.join(', ')} on this system, ${purpose} (about ${seconds} s; --no-system leaves it out)`
}

/**
 * Whether what is named is there now.
 *
 * @param {Need} name
 */
export function isProvided(name) {
  return needs[name].isThere()
}

function debianWords({ packages }) {
  return existsSync('/usr/bin/apt-get') ? ` (sudo apt-get install ${packages.join(' ')})` : ''
}

function pythonHas(...modules) {
  const question = `import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, sys.argv[1:])))`
  return run(python, ['-c', question, ...modules]).ok
}
