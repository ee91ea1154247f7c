import { type Fault, type Visit, head } from '@session-fetch/test-support/fault-server'

/** A file as a server of files has it. */
export interface ServedFile {
  bytes: Buffer
  /** Header lines that tell of its version. */
  readonly version: readonly string[]
  /** How many bytes of a response are sent before its connection is lost. Default: all. */
  cutAfter?: number
  /** Whether the response to a range is the whole file. Default: `false`. */
  readonly ignoresRanges?: boolean
  /** Answers a range in its own way. */
  readonly answerRange?: (visit: Visit) => void
}

/** Serves a file that may change meanwhile. */
export function serving(file: ServedFile): Fault {
  return (visit) => {
    const start = rangeStart(visit, file)
    if (start === null) return answer(visit, file, { status: '200 OK', from: 0 })
    if (file.answerRange) return file.answerRange(visit)
    if (start >= file.bytes.length)
      return visit.send(
        head('416 Range Not Satisfiable', `Content-Range: bytes */${file.bytes.length}`, 'Content-Length: 0'),
      )
    answer(visit, file, { status: '206 Partial Content', from: start })
  }
}

/** Where the range starts that is asked for, if the file is still the one that it is asked of. */
function rangeStart(
  { request: { headers } }: Visit,
  { version, ignoresRanges = false }: ServedFile,
): number | null {
  const [, start] = /^bytes=(\d+)-$/.exec(headers['range'] ?? '') ?? []
  const isCurrent = version.some((line) => line.endsWith(`: ${headers['if-range']}`))
  return start === undefined || ignoresRanges || !isCurrent ? null : Number(start)
}

function answer(visit: Visit, file: ServedFile, { status, from }: { status: string; from: number }): void {
  const body = file.bytes.subarray(from)
  const range = `Content-Range: bytes ${from}-${file.bytes.length - 1}/${file.bytes.length}`
  const lines = [`Content-Length: ${body.length}`, ...file.version, ...(from > 0 ? [range] : [])]
  visit.send(head(status, ...lines))
  if (file.cutAfter === undefined) visit.send(body)
  else visit.end(body.subarray(0, file.cutAfter))
}
