import { type Hooks, InvalidRequestError, type Session } from '@session-fetch/core'
import { asFetchError, editDistance, has, suggestNearest } from '@session-fetch/core/adapter'
import { NODE_OPTIONS } from './platform.js'

/*
 * Unknown members of a session are errors with a suggestion, for callers without TypeScript. See
 * docs/decisions/023-unknown-members.md.
 */

/** Makes the assignment of a constructor-only option throw an error that names the constructor. */
export function refuseAssignment(prototype: object, names: readonly string[]): void {
  for (const name of names) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      get: () => undefined,
      set() {
        throw new InvalidRequestError(`${name} cannot be changed; write new Session({ ${name} })`)
      },
    })
  }
}

/** Methods of one argument to which another client's give more, and what to write instead. */
const ONE_ARGUMENT: Readonly<Record<string, string>> = {
  extend: 'extend() takes one object of options; write extend({ ...one, ...other })',
  fork: 'fork() takes one object of options; write fork({ ...one, ...other })',
  send: 'send() takes a request alone; give its options to prepare(method, url, options)',
}

type Method = (this: object | undefined, ...args: unknown[]) => unknown

/** Makes detached methods throw a helpful error. Methods of the same name in a subclass are not affected. */
export function keepMethods<Type extends { prototype: object }>(
  type: Type & (abstract new (...args: never[]) => unknown),
  names: readonly (string & keyof Type['prototype'])[],
): void {
  for (const name of names) {
    const method = Reflect.get(type.prototype, name) as Method
    const extra = Object.hasOwn(ONE_ARGUMENT, name) ? ONE_ARGUMENT[name] : undefined
    const kept: Method = function (...args) {
      if (!(this instanceof type))
        throw new InvalidRequestError(
          `${name}() was called without its session; write session.${name}(…), or (url) => session.${name}(url)`,
        )
      if (extra !== undefined && args[1] !== undefined) throw new InvalidRequestError(extra)
      return method.apply(this, args)
    }
    Object.defineProperty(kept, 'name', { value: name })
    Object.defineProperty(type.prototype, name, { configurable: true, writable: true, value: kept })
  }
}

/** Members of instances of other clients, and what to write instead. */
export const FOREIGN_MEMBERS: Readonly<Record<string, string>> = {
  defaults: 'its settings are members, such as session.headers and session.timeout',
  interceptors: 'push functions to session.hooks.request and session.hooks.response',
  use: 'push functions to session.hooks.request, or mount() a transport',
  create: 'write session.extend(options)',
  del: 'write session.delete(url)',
  setHeader: 'write session.headers.set(name, value)',
  all: 'write Promise.all([session.get(one), session.get(other)])',
  getUri: 'write session.prepare(method, url, { params }).url',
  mergeOptions: 'write session.extend(options)',
  paginate: 'write a loop over response.links.next',
  patchForm: 'write session.patch(url, { multipart })',
  postForm: 'write session.post(url, { multipart })',
  putForm: 'write session.put(url, { multipart })',
  stream: 'the body of every response is a stream: (await session.get(url)).body',
}

/** Static methods of other clients, and what to write instead. */
const FOREIGN_STATICS: Readonly<Record<string, string>> = {
  create: 'write new Session(options)',
  extend: 'write new Session(options)',
  ...Object.fromEntries(
    words('get head post put patch delete request fetch').map((name) => [
      name,
      `write new Session(options).${name}(…)`,
    ]),
  ),
}

/** Makes members that other clients have throw a helpful error. A subclass may define members of these names. */
export function refuseForeign(type: { prototype: object }): void {
  const { prototype } = type
  refuseNames(
    prototype,
    ['A session', FOREIGN_MEMBERS],
    (session) => Object.getPrototypeOf(session) === prototype,
  )
  refuseNames(type, ['The class Session', FOREIGN_STATICS], (other) => other === type)
}

/** @param isOurs Whether an object is not one of a subclass, which may assign such members. */
function refuseNames(
  owner: object,
  [what, names]: readonly [what: string, names: Readonly<Record<string, string>>],
  isOurs: (object: object) => boolean,
): void {
  for (const [name, hint] of Object.entries(names)) {
    const refuse = (): never => {
      throw new InvalidRequestError(`${what} has no "${name}"; ${hint}`)
    }
    Object.defineProperty(owner, name, {
      configurable: true,
      get: refuse,
      set(this: object, value: unknown) {
        if (isOurs(this)) refuse()
        Object.defineProperty(this, name, { configurable: true, enumerable: true, writable: true, value })
      },
    })
  }
}

const RESPONSE_MEMBERS = words(
  'ok status statusText headers url redirected body history elapsed raiseForStatus',
)
/** Members of responses of other clients, and what to write instead. */
const FOREIGN_RESPONSE_MEMBERS: Readonly<Record<string, string>> = {
  buffer: 'bytes()',
  content: 'bytes()',
  data: 'json()',
  statusCode: 'status',
  status_code: 'status',
}
/** Methods by which other clients build a request, and the option to write instead. */
const BUILDER_METHODS: Readonly<Record<string, string>> = {
  attach: 'multipart',
  end: 'hooks',
  field: 'multipart',
  query: 'params',
  send: 'json',
  set: 'headers',
}

/** Makes members of a response, looked up on the promise, throw a helpful error instead of being `undefined`. */
export function refuseUnawaited(prototype: object): void {
  const refuse = (name: string, what: string, ours: string): void => {
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(): never {
        throw new InvalidRequestError(`${what}; write ${ours}`)
      },
    })
  }
  const awaited = '(await session.get(url)).'
  for (const name of RESPONSE_MEMBERS)
    refuse(name, `A promise has no "${name}", but its response has`, `${awaited}${name}`)
  for (const [name, ours] of Object.entries(FOREIGN_RESPONSE_MEMBERS))
    refuse(name, `Neither a promise nor a response has "${name}"`, `${awaited}${ours}`)
  for (const [name, option] of Object.entries(BUILDER_METHODS))
    refuse(name, `A call takes options, and its promise has no "${name}"`, `session.post(url, { ${option} })`)
}

/** @throws InvalidRequestError for a first argument that cannot be meant as a URL */
export function checkUrl(input: unknown): void {
  const what = typeof input === 'string' ? undefined : invalidUrlKind(input)
  if (what !== undefined)
    throw new InvalidRequestError(`The URL is ${what}; write get(url, init), or request(method, url, init)`)
}

/**
 * `session.fetch` that refuses arguments which the platform's `fetch` would convert to text, and request. It rejects
 * with a `TypeError`, as `fetch` does, whose cause is ours.
 */
export function checkedFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    const what = typeof input === 'string' || input instanceof Request ? undefined : invalidUrlKind(input)
    if (what !== undefined) return refusedFetch(`The URL is ${what}; write fetch(url, init)`)
    if (init === undefined || init === null || typeof init === 'object') return fetch(input, init)
    return refusedFetch('The options of fetch() must be an object; write fetch(url, { method, body })')
  }
}

function refusedFetch(what: string): Promise<never> {
  return Promise.reject(asFetchError(new InvalidRequestError(what)))
}

/** A description of a value that cannot be a URL; `undefined` for one that converts to text. */
function invalidUrlKind(input: unknown): string | undefined {
  if (input === undefined || input === null) return String(input)
  if (typeof input === 'function' || typeof input === 'symbol') return `a ${typeof input}`
  const hasText = typeof input !== 'object' || (has(input, 'toString') && !Array.isArray(input))
  return hasText ? undefined : 'an object'
}

function words(text: string): string[] {
  return text.split(' ')
}

/** The members of a new session, to detect those that are added later. */
export class SessionMembers {
  readonly #type: object
  readonly #known: readonly string[]
  readonly #cookies: Session['cookies']
  readonly #ofCookies: number
  /** The number of members at the last check. */
  #count: number

  /** @param type The prototype of sessions without a subclass. */
  constructor(session: Session, type: object) {
    this.#type = type
    this.#known = shared(Object.keys(session))
    this.#count = this.#known.length
    this.#cookies = session.cookies
    this.#ofCookies = Object.keys(session.cookies).length
  }

  /**
   * Called for each call, so it only counts unless members were added.
   *
   * @throws InvalidRequestError naming the first unknown member, with a suggestion
   */
  check(session: Session): void {
    const { headers, params, cookies, hooks } = session
    if (cookies !== this.#cookies)
      throw new InvalidRequestError('cookies cannot be changed; write new Session({ jar })')
    refuseHooks(hooks)
    refuseMembers('headers', headers, 0)
    refuseMembers('params', params, 0)
    refuseMembers('cookies', cookies, this.#ofCookies)
    if (Object.keys(session).length !== this.#count) this.#checkNew(session)
  }

  #checkNew(session: Session): void {
    const names = Object.keys(session)
    const isPlain = Object.getPrototypeOf(session) === this.#type
    for (const name of names) {
      // tools and test doubles add such members to any object
      if (this.#known.includes(name) || name in this.#type || /^[_$]/.test(name)) continue
      const settings = [...this.#known, ...ACCESSORS, ...NODE_OPTIONS]
      if (isPlain) throw unknownMember(name, suggestNearest(name, settings))
      const intended = settings.find((setting) => isMisspelled(name, setting))
      if (intended !== undefined) throw unknownMember(name, `; did you mean "${intended}"?`)
    }
    this.#count = names.length
  }
}

let lastKnown: readonly string[] = []

/** Returns the list of the previous session if it has the same names, because a program may have thousands of sessions. */
function shared(names: readonly string[]): readonly string[] {
  if (names.length !== lastKnown.length || names.some((name, at) => name !== lastKnown[at])) lastKnown = names
  return lastKnown
}

/** Settings that are accessors, so not own members. */
const ACCESSORS = ['headers', 'params', 'hooks', 'baseUrl', 'origins']

function refuseMembers(option: string, of: object, known: number): void {
  const unknown = Object.keys(of)[known]
  if (unknown === undefined) return
  throw new InvalidRequestError(
    `${option}["${shown(unknown)}"] has no effect; write ${option}.set("${shown(unknown)}", value)`,
  )
}

/** @throws InvalidRequestError for an element of a list of hooks that is not a function */
function refuseHooks({ request, response, redirect, retry, error }: Hooks): void {
  refuseHookList(request)
  refuseHookList(response)
  refuseHookList(redirect)
  refuseHookList(retry)
  refuseHookList(error)
}

/** Allocates nothing, because it runs for every call. */
function refuseHookList(list: unknown): void {
  if (Array.isArray(list)) list.forEach(refuseHook)
  else if (list !== undefined && list !== null) refuseHook(list)
}

function refuseHook(hook: unknown): void {
  if (typeof hook === 'function') return
  throw new InvalidRequestError(
    `hooks: a hook must be a function, not ${typeof hook}; push it to a list such as hooks.request`,
  )
}

function unknownMember(name: string, hint: string): InvalidRequestError {
  return new InvalidRequestError(
    `A session has no setting "${shown(name)}"${hint}; to add members, extend the class`,
  )
}

/** In a shorter name, one changed letter often makes another word. */
const MIN_LENGTH = 7

/**
 * Whether a name is a misspelled setting: it differs in case, dashes or one letter. A plural is not a misspelling.
 */
function isMisspelled(name: string, setting: string): boolean {
  const [strange, known] = [bare(name), bare(setting)]
  if (strange === known) return true
  if (setting.length < MIN_LENGTH || strange === `${known}s` || `${strange}s` === known) return false
  return editDistance(strange, known) === 1 || sorted(strange) === sorted(known)
}

const bare = (name: string): string => name.slice(0, 40).replace(/[_-]/g, '').toLowerCase()
const sorted = (text: string): string => text.split('').sort().join('')
const shown = (name: string): string => name.slice(0, 40)
