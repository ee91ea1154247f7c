import type * as library from 'session-fetch/browser'

declare global {
  /** In `pages/library.html`: everything that the library exports. */
  var sessionFetch: typeof library
  /** In `pages/contract.html`: runs the case of that name against the page's own site. */
  var runContractCase: (name: string, otherUrl: string) => Promise<void>
}
