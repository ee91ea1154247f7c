interface NetrcEntry {
  readonly login: string
  readonly password: string
}

export interface NetrcEntries {
  /** By lower-case host name; the first entry of a host counts. */
  readonly hosts: ReadonlyMap<string, NetrcEntry>
  readonly default: NetrcEntry | undefined
}

/**
 * A quoted word, in which a backslash escapes the next character; a word; or a line end. Only spaces and tabs
 * separate words, as in curl and Python: other whitespace may be part of a password.
 */
const WORDS = /"((?:[^"\\]|\\.)*)"|([^ \t\n]+)|\n/gs
const FIELDS = ['login', 'password', 'account'] as const

/**
 * Parses a netrc file; `null` if it is invalid. Macros and accounts are ignored. Any line ends and a byte order mark
 * are accepted.
 */
export function parseNetrc(text: string): NetrcEntries | null {
  const words = new Words(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'))
  const hosts = new Map<string, NetrcEntry>()
  let fallback: NetrcEntry | undefined
  for (let word = words.keyword(); word !== undefined; word = words.keyword()) {
    if (word === 'macdef') {
      words.skipMacro()
      continue
    }
    const host = word === 'machine' ? words.value()?.toLowerCase() : undefined
    const entry = word === 'default' || host !== undefined ? parseEntry(words) : null
    if (entry === null) return null
    if (host === undefined) fallback ??= entry
    else if (!hosts.has(host)) hosts.set(host, entry)
  }
  return { hosts, default: fallback }
}

function parseEntry(words: Words): NetrcEntry | null {
  const fields = { login: '', password: '', account: '' }
  for (let name = words.field(); name !== undefined; name = words.field()) {
    const value = words.value()
    if (value === undefined) return null
    fields[name] = value
  }
  return fields
}

/** A tokenizer. */
class Words {
  readonly #text: string
  readonly #pattern = new RegExp(WORDS)

  constructor(text: string) {
    this.#text = text
  }

  /** The next word outside of comments, in lower case. */
  keyword(): string | undefined {
    for (let word = this.value(); word !== undefined; word = this.value()) {
      if (!word.startsWith('#')) return word.toLowerCase()
      this.#pattern.lastIndex = this.#indexOf('\n')
    }
    return undefined
  }

  /** The next word if it is a field name; otherwise it is not consumed. */
  field(): (typeof FIELDS)[number] | undefined {
    const before = this.#pattern.lastIndex
    const word = this.keyword()
    const field = FIELDS.find((name) => name === word)
    if (field === undefined) this.#pattern.lastIndex = before
    return field
  }

  /** The next word, unchanged. */
  value(): string | undefined {
    for (let match = this.#next(); match !== null; match = this.#next()) {
      const [, quoted, plain] = match
      if (quoted !== undefined) return quoted.replace(/\\(.)/gs, '$1')
      if (plain !== undefined) return plain
    }
    return undefined
  }

  /** Skips a macro, which ends at an empty line. */
  skipMacro(): void {
    this.#pattern.lastIndex = this.#indexOf('\n\n')
  }

  #next(): RegExpExecArray | null {
    const match = this.#pattern.exec(this.#text)
    if (match === null) this.#pattern.lastIndex = this.#text.length
    return match
  }

  #indexOf(mark: string): number {
    const index = this.#text.indexOf(mark, this.#pattern.lastIndex)
    return index < 0 ? this.#text.length : index
  }
}
