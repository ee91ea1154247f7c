/** The result of a request. */
export type Outcome = Accepted | Refused

export interface Accepted {
  readonly status: number
  readonly statusText: string
  /** As `Headers` lists them: by lower-case name, a name's values joined. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** As latin-1, so that a failure can be read. */
  readonly body: string
}

export interface Refused {
  readonly refused: unknown
}

export function isRefused(outcome: Outcome): outcome is Refused {
  return 'refused' in outcome
}

/** Bytes as text in which every byte can be read, and pasted into a test. */
export function show(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('latin1')).replaceAll(
    /[\x7f-\xff]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16)}`,
  )
}
