import type { Capabilities } from '@session-fetch/core'
import { browserCapabilities } from './capabilities.js'
import { unsupported } from './unsupported.js'

/**
 * Takes out the options of a constructor that only Node has: those that are `null`, and all of them where told to
 * ignore them.
 *
 * @throws UnsupportedError naming the first of them otherwise
 */
export function dropNodeOptions(options: { unsupported?: 'error' | 'ignore' | undefined }): void {
  for (const [name, value] of Object.entries(options)) {
    const can: boolean | undefined = browserCapabilities[name as keyof Capabilities] // most names are none of them
    if (can ?? true) continue
    if (value != null && options.unsupported !== 'ignore') throw unsupported(name)
    Reflect.deleteProperty(options, name)
  }
}
