import { Session as CoreSession, type SessionOptions, own } from '@session-fetch/core'
import { browserPlatform } from './platform.js'
import { refuseNodeOptions } from './unsupported.js'

/** A session whose cookies and connections the browser keeps: `credentials: 'include'` to its home. */
export class Session extends CoreSession {
  constructor(options: SessionOptions = {}) {
    const given = own(options)
    refuseNodeOptions(given)
    given.credentials ??= 'include'
    super(given, browserPlatform)
  }

  protected override spawn(options: SessionOptions): Session {
    return new Session(options)
  }
}
