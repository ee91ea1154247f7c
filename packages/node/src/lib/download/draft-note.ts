import { createHash } from 'node:crypto'
import { readPrivateFile, replacePrivateFile, temporaryName } from '../cookies/private-file.js'

/** What the bytes of a draft are, so that a server can be asked for the rest of just that. */
export interface DraftNote {
  /** A strong `ETag`, or a `Last-Modified` that is as good. */
  readonly validator: string
  /** All bytes that there will be; `null` where the server did not say. */
  readonly total: number | null
}

/** No note of ours is longer, in bytes. */
const LONGEST = 4096

/** What an earlier download of `url` noted; `null` where there is nothing of use. */
export async function readNote(path: string, url: string): Promise<DraftNote | null> {
  try {
    const bytes = await readPrivateFile(path, LONGEST)
    return bytes && parseNote(JSON.parse(bytes.toString()), url)
  } catch {
    return null
  }
}

/** The URL is not noted itself: its query may hold a secret. */
export function writeNote(path: string, url: string, { validator, total }: DraftNote): Promise<void> {
  const bytes = Buffer.from(JSON.stringify({ url: digestOf(url), validator, total }))
  // Whoever holds the draft's lock holds it until this process ends.
  return replacePrivateFile(path, { bytes, temporary: temporaryName(path), check: () => {} })
}

function parseNote(value: Record<string, unknown>, url: string): DraftNote | null {
  const { validator, total } = value
  const isSound =
    value['url'] === digestOf(url) &&
    typeof validator === 'string' &&
    /^[\x20-\x7e\x80-\xff]+$/.test(validator) &&
    (total === null || (typeof total === 'number' && Number.isSafeInteger(total)))
  return isSound ? { validator, total } : null
}

function digestOf(url: string): string {
  return createHash('sha256').update(url).digest('hex')
}
