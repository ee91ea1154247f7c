import type { Ending } from '../deliver.js'
import type { WireCase } from './wire-case.js'

/** A case in short. It is left open unless it says otherwise. */
export type Row = readonly [
  name: string,
  must: WireCase['must'],
  text: string,
  ending?: Ending,
  method?: 'HEAD',
]

export const OK = 'HTTP/1.1 200 OK'
export const LENGTH = 'Content-Length: 2'

/** Lines that end as they must, and a blank one. */
export function head(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** An answer with this status line. */
export function startingWith(line: string): string {
  return `${head(line, LENGTH)}ok`
}

/** An answer with these fields and a length. */
export function withField(...fields: string[]): string {
  return `${head(OK, ...fields, LENGTH)}ok`
}
