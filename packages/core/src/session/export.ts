import type { SessionCookies } from '../call/transport.js'
import { PLAIN_SETTINGS, type SessionOptions } from '../call/options.js'
import { InvalidRequestError, UnsupportedError } from '../model/errors.js'
import { isSecretName, redactHeaders, redactParams } from '../model/redact.js'
import { mergeHeaders } from '../request/headers.js'
import type { Session } from './session.js'
import { type SessionSettings, baseWithCredentials } from './settings.js'
import { checkMembers, optionsOf } from '../model/option-values.js'
import { own } from '../model/own.js'

/** The settings of a session as plain data. */
export type SessionSnapshot = Record<string, unknown>

/** Optional parts of `export()` besides plain settings. */
export interface ExportOptions {
  /** Whether to export cookies. Default: `false`. */
  cookies?: boolean | undefined
  /**
   * Whether to export `[user, password]`, credentials in `baseUrl`, and headers and parameters with secret
   * names. Default: `false`.
   */
  secrets?: boolean | undefined
}

/** A session as plain data. May contain cookies and secrets: protect it like a password. */
export interface SessionExport {
  /** The version of this format. */
  readonly version: 1
  /** The settings that are plain data. */
  readonly settings: SessionSnapshot
  /** The cookies, if requested. */
  readonly cookies?: unknown
  /** Names of the settings that were not exported: functions, and secrets unless requested. */
  readonly omitted: readonly string[]
}

const PLAIN = [...PLAIN_SETTINGS, 'baseUrl', 'origins', 'unsupported'] as const

/** The settings without secrets. */
export function snapshot(session: SessionSettings): SessionSnapshot {
  return describeSettings(session, false).settings
}

/**
 * Exports a session as plain data, optionally with cookies and secrets; `omitted` names the rest.
 *
 * @throws UnsupportedError for cookies in a browser
 * @example const data = await exportSession(session, { cookies: true })
 */
export async function exportSession(
  session: Session,
  { cookies = false, secrets = false }: ExportOptions = {},
): Promise<SessionExport> {
  const { settings, omitted } = describeSettings(session, secrets)
  if (!cookies) return { version: 1, settings, omitted }
  if (!session.cookies.toJSON)
    throw new UnsupportedError('cookies: a page cannot export them; the browser keeps them')
  return { version: 1, settings, omitted, cookies: session.cookies.toJSON() }
}

/** `session.export()` on servers: also rejects unknown options, a check that would exceed the size limit of pages. */
export async function checkedExport(
  session: Session,
  what: ExportOptions | undefined,
): Promise<SessionExport> {
  const given = optionsOf(what, 'export() takes { cookies, secrets }; its argument')
  checkMembers('export', given, ['cookies', 'secrets'])
  return exportSession(session, given)
}

/**
 * Creates a session from exported data; `options` are merged over it, and restore what was omitted.
 *
 * @throws InvalidRequestError if the data is invalid
 * @example const session = await importSession(Session, data, { auth: ['ada', password] })
 */
export async function importSession<T extends Session>(
  type: new (options: SessionOptions) => T,
  data: SessionExport,
  options: SessionOptions = {},
): Promise<T> {
  const all = importedOptions(data, options)
  const session = new type(all)
  session.headers = all.headers ?? {}
  if (data.cookies !== undefined) await importCookies(session.cookies, data.cookies)
  return session
}

export function importedOptions(data: SessionExport, over: SessionOptions): SessionOptions {
  const { version, settings } = own(data)
  if (version !== 1 || typeof settings !== 'object' || settings === null) {
    throw new InvalidRequestError('This is not what exportSession() returned')
  }
  const options = Object.assign(own<SessionOptions>(settings), own(over))
  options.headers = mergeHeaders(
    mergeHeaders(undefined, own(settings as SessionOptions).headers),
    own(over).headers,
  )
  return options
}

async function importCookies(cookies: SessionCookies, data: unknown): Promise<void> {
  if (!cookies.fromJSON)
    throw new UnsupportedError('cookies: a page cannot import them; the browser keeps them')
  await cookies.fromJSON(data)
}

function describeSettings(
  session: SessionSettings,
  secrets: boolean,
): { settings: SessionSnapshot; omitted: string[] } {
  const headers = exportable('headers', session.headers, secrets)
  const params = exportable('params', session.params, secrets)
  const settings: SessionSnapshot = { headers: headers.kept, params: params.kept }
  const omitted = [...headers.omitted, ...params.omitted]
  for (const name of PLAIN) {
    const value = session[name] ?? null
    if (value === null) continue
    if (isPlain(value)) settings[name] = value
    else omitted.push(name)
  }
  const base = baseWithCredentials(session)
  if (base && secrets) settings['baseUrl'] = base.href
  if (Array.isArray(session.auth) && secrets) settings['auth'] = [...session.auth]
  else if (session.auth ?? (base && !secrets && session.credentialsFor(base))) omitted.push('auth')
  if (Object.values(session.hooks).flat().length > 0) omitted.push('hooks')
  return { settings, omitted }
}

/** Headers or parameters as pairs, without those with secret names. */
function exportable(
  kind: string,
  source: Headers | URLSearchParams,
  secrets: boolean,
): { kept: [string, string][]; omitted: string[] } {
  const all = [...source]
  const isKept = ([name]: [string, string]): boolean => secrets || !isSecretName(name)
  return {
    kept: all.filter(isKept),
    omitted: all.filter((pair) => !isKept(pair)).map(([name]) => `${kind}.${name}`),
  }
}

/** Whether JSON preserves a value: `Infinity` becomes `null`, and class instances lose their class. */
function isPlain(value: unknown): boolean {
  if (Object(value) !== value) return value !== Infinity
  const { constructor } = value as object
  const isBare = constructor === undefined || constructor === Object || constructor === Array
  return isBare && Object.values(value as object).every(isPlain)
}

/** A session as `console.log` shows it: the settings that are set, without secrets, and the number of cookies. */
export function shownSession(session: Session): Record<string, unknown> {
  const { baseUrl, origins, unsupported, ...settings } = session.toJSON()
  const hooks = Object.entries(session.hooks).filter(([, list]) => list.length > 0)
  const shown = {
    baseUrl,
    origins: Array.isArray(origins) && origins.length > 0 ? origins : undefined,
    ...settings,
    headers: redactHeaders(session.headers),
    params: session.params.size > 0 ? redactParams(session.params) : undefined,
    auth: session.auth === null ? undefined : '[redacted]',
    hooks:
      hooks.length > 0 ? Object.fromEntries(hooks.map(([name, list]) => [name, list.length])) : undefined,
    unsupported: unsupported === 'error' ? undefined : unsupported,
    cookies: 'size' in session.cookies ? session.cookies.size : undefined,
  }
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined))
}
