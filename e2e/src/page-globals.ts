import type * as library from 'session-fetch/session-fetch.js'

declare global {
  /** In `pages/library.html`: everything that the library exports. */
  var sessionFetch: typeof library
  /** In `pages/library.html`: what was written to the console, and what went wrong unseen. */
  var said: string[]
  /** In `pages/library.html`: the next message of the port. */
  var nextMessage: (port: MessagePort) => Promise<unknown>
  /** In `pages/library.html`: loads a frame, and resolves with what it answers to the message. */
  var askFrame: (url: string, message: string) => Promise<unknown>
  /** In `pages/contract.html`: runs the case of that name against the page's own site. */
  var runContractCase: (name: string, otherUrl: string) => Promise<void>
}
