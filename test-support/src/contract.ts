import { auth } from './contract/auth.js'
import { bodies } from './contract/bodies.js'
import { aborting, closing } from './contract/closing.js'
import type { ContractCase } from './contract/contract-case.js'
import { cookies } from './contract/cookies.js'
import { errors } from './contract/errors.js'
import { hooks } from './contract/hooks.js'
import { merging } from './contract/merging.js'
import { baseUrl, params } from './contract/params.js'
import { preparing } from './contract/preparing.js'
import { redirects } from './contract/redirects.js'
import { responses, shortcuts } from './contract/responses.js'
import { transports } from './contract/transports.js'
import { verbs } from './contract/verbs.js'

export type { ContractCase, ContractContext, Platform } from './contract/contract-case.js'
export type { Library } from './contract/library.js'
export { runCase, type ContractSetup } from './contract/run-case.js'

/**
 * What a session does, written once for every platform. It runs wherever there is `fetch`: in a test runner or in
 * a browser's page. Where a browser differs, the case says what the browser must do instead.
 */
export const contract: readonly ContractCase[] = [
  ...verbs,
  ...merging,
  ...params,
  ...baseUrl,
  ...bodies,
  ...responses,
  ...shortcuts,
  ...redirects,
  ...cookies,
  ...auth,
  ...hooks,
  ...preparing,
  ...transports,
  ...errors,
  ...aborting,
  ...closing,
]
