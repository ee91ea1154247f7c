/// <reference types="node" />
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Tough } from './tough.js'

/*
 * Node uses this module instead of `tough.ts`, by the condition `module-sync`: tough-cookie and its list of public
 * suffixes take half the time of loading a session, and a session without cookies needs neither
 * (docs/decisions/030-the-jar-is-a-package.md).
 */

const require = createRequire(import.meta.url)
let loaded: Tough | undefined

function load(): Tough {
  loaded ??= sameAsImported() ?? (require('tough-cookie') as Tough)
  return loaded
}

/** The module instance that `import` returns, so that a jar is an instance of the class that a program imports. */
function sameAsImported(): Tough | undefined {
  try {
    return require(fileURLToPath(import.meta.resolve('tough-cookie'))) as Tough
  } catch {
    return undefined // in a Yarn archive, for example
  }
}

/** Loaded by the first cookie with a domain or a date, and by the first use of a tough-cookie jar. */
export const tough: Tough = {
  get Cookie() {
    return load().Cookie
  },
  get CookieJar() {
    return load().CookieJar
  },
  get getPublicSuffix() {
    return load().getPublicSuffix
  },
  get parseDate() {
    return load().parseDate
  },
}
