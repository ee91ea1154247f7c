/** What the recording server answers with. */
export interface Answer {
  status?: number
  /** Written in this order; values are latin-1. */
  headers?: readonly (readonly [name: string, value: string])[]
  body?: string | Uint8Array
  /** Written to the socket instead of a response; the socket is then closed. */
  raw?: string
  /** No response: the connection is closed, or left open. */
  never?: 'closes' | 'hangs'
}

/** A part of a multipart body. */
export interface Part {
  name: string
  content: string
  filename?: string
  type?: string
  headers?: Record<string, string>
}

export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain }

/** One request of a call. `{home}`, `{away}`, `{neighbour}` and `{nobody}` stand for the servers' origins. */
export interface Step {
  /** Default: `GET`. */
  method?: string
  url: string
  params?: Record<string, Plain> | [string, string][] | string
  headers?: Record<string, string | number | null>
  auth?: [string, string] | null
  cookies?: Record<string, string>
  json?: Plain
  form?: Record<string, string | string[]> | [string, string][]
  multipart?: Part[]
  /** A body of text. */
  text?: string
  /** A body of bytes, in base64. */
  bytes?: string
  /** A body of unknown length, in these chunks. */
  stream?: string[]
  /** Milliseconds. */
  timeout?: number
  redirect?: 'manual'
  /** Uses `session.head` and its like, which may have defaults of their own. */
  verb?: true
  /** What is done with the response. Default: its text is read. */
  use?: 'json' | 'raiseForStatus'
}

/** Requests of one new session, and the responses of the servers. */
export interface Call {
  name: string
  session?: {
    headers?: Record<string, string>
    params?: Record<string, string>
    auth?: [string, string]
    /** HTTP Digest instead of Basic. */
    digest?: [string, string]
    maxRedirects?: number
    /** Stored in the jar, for `{home}`, before anything is sent. */
    cookies?: Record<string, string>
  }
  steps: Step[]
  /** By path; a list is answered one after the other. Any other path is answered with `ok`. */
  answers?: Record<string, Answer | Answer[]>
}

/** Stands for the number that JSON does not have. */
export const NOT_A_NUMBER = '{NaN}'

/** A redirect that sets a cookie. */
export function redirect(location: string, status = 302, cookie?: string): Answer {
  const headers: [string, string][] = [['Location', location]]
  if (cookie !== undefined) headers.push(['Set-Cookie', cookie])
  return { status, headers }
}

/** A response that sets cookies. */
export function setting(...cookies: string[]): Answer {
  return { headers: cookies.map((cookie) => ['Set-Cookie', cookie] as const) }
}
