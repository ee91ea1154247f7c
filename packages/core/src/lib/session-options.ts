import { type OptionKnowledge, checkNames } from './known-options.js'
import { COMBINED, POLICIES, REQUEST_DEFAULTS, type RequestDefaults } from './option-names.js'

/** The settings of a session that are held as they were given. */
export const PLAIN_SETTINGS: readonly (keyof RequestDefaults | (typeof POLICIES)[number])[] = [
  ...REQUEST_DEFAULTS,
  ...POLICIES,
]

const SESSION: readonly string[] = [...PLAIN_SETTINGS, ...COMBINED, 'baseUrl', 'origins', 'unsupported']

/** @throws InvalidRequestError for an option that neither sessions nor this platform know */
export function checkSessionOptions(options: object, platform: OptionKnowledge = {}): void {
  checkNames(options, [...SESSION, ...(platform.options ?? [])], platform)
}
