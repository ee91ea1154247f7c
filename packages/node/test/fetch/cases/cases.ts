import { abortedBodies } from './aborted-bodies.js'
import { aborts } from './aborts.js'
import { bodies } from './bodies.js'
import { failures } from './failures.js'
import type { FetchCase } from './fetch-case.js'
import { initMembers } from './init-members.js'
import { redirects } from './redirects.js'
import { requestObjects } from './request-objects.js'
import { requests } from './requests.js'
import { responses } from './responses.js'

export const cases: readonly FetchCase[] = [
  ...requests,
  ...initMembers,
  ...requestObjects,
  ...responses,
  ...bodies,
  ...redirects,
  ...aborts,
  ...abortedBodies,
  ...failures,
]
