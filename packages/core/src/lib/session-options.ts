import { CALL_OPTIONS, type OptionKnowledge, unknownOption } from './known-options.js'
import { COMBINED, POLICIES, REQUEST_DEFAULTS, type RequestDefaults } from './option-names.js'

/** The settings of a session that are held as they were given. */
export const PLAIN_SETTINGS: readonly (keyof RequestDefaults | (typeof POLICIES)[number])[] = [
  ...REQUEST_DEFAULTS,
  ...POLICIES,
]

const SESSION: readonly string[] = [...PLAIN_SETTINGS, ...COMBINED, 'baseUrl', 'origins', 'unsupported']

/**
 * The options of a session that are this engine's own.
 *
 * @throws InvalidRequestError for one that neither sessions, this platform nor this engine know
 */
export function engineOptions(options: object, platform: OptionKnowledge = {}): readonly string[] {
  const known = [...SESSION, ...(platform.options ?? [])]
  const strange = Object.keys(options).filter((name) => !known.includes(name))
  for (const name of strange)
    if (CALL_OPTIONS.includes(name) || !platform.isEngineOption?.(name))
      throw unknownOption(name, known, platform)
  return strange
}
