import {
  type CallOptions,
  InvalidRequestError,
  type PreparedRequest,
  ProtocolError,
  type Session,
  type SessionResponse,
  TruncatedError,
} from '@session-fetch/core'
import { type DownloadAnswer, noteOf, requestRest } from './answer.js'
import { Draft } from './draft.js'
import { onFile } from './file-error.js'

/** What a download may say beyond what any call may. */
export interface DownloadOptions
  extends Omit<CallOptions, 'body' | 'json' | 'form' | 'multipart' | 'throwHttpErrors'> {
  /**
   * Keeps what came of a file when its download fails, in `<path>.part`, and asks only for the rest the next time,
   * unless the file has changed. Default: `false`.
   */
  resume?: boolean | undefined
  /** Whether the file is on the disk, not only on its way there, when the download is over. Default: `false`. */
  fsync?: boolean | undefined
  /** The file's mode, less the umask's bits. Default: that of the file that it replaces, else `0o666`. */
  permissions?: number | undefined
}

/** A file that was downloaded. */
export interface Download {
  /** As it was given. */
  readonly path: string
  /** The size of the file. */
  readonly bytes: number
  /** Whether bytes of an earlier download are part of it. */
  readonly resumed: boolean
  /** Its body has been read. */
  readonly response: SessionResponse
}

/** `session.download`: a body as a file that is whole or not there. */
export async function download(
  session: Session,
  url: string | URL,
  path: string,
  options?: DownloadOptions,
): Promise<Download> {
  const { resume = false, fsync = false, permissions, ...call } = optionsOf(options, 'options of download()')
  const { request, meter } = prepareDownload(session, url, own(call))
  const draft = await onFile(path, request, () => Draft.open(path, { resume, permissions, url: request.url }))
  try {
    const answer = await requestRest(session, request, draft)
    await keep(answer, { draft, path, meter })
    await onFile(path, request, () => draft.publish(fsync))
    const { response, resumed } = answer
    return { path, bytes: draft.size, resumed, response }
  } catch (error) {
    await draft.abandon()
    throw error
  }
}

interface Prepared {
  readonly request: PreparedRequest
  /** Counts the file, not what comes of it now. */
  readonly meter: ProgressMeter | null
}

function prepareDownload(session: Session, url: string | URL, call: CallOptions): Prepared {
  const said = call.timeout === undefined ? session.timeout : call.timeout
  // A file takes as long as it takes: one number limits the silences, that before the connection included.
  const timeout = typeof said === 'number' ? { attempt: said, body: said } : said
  const request = session.prepare('GET', url, Object.assign(call, { timeout, throwHttpErrors: false }))
  for (const name of ['Range', 'If-Range'])
    if (request.headers.has(name))
      throw new InvalidRequestError(`${name}: a download asks for what it lacks by itself`, { request })
  request.headers.set('Accept-Encoding', 'identity') // a range is one of the bytes as they are sent
  const listener = request.onDownloadProgress ?? null
  request.onDownloadProgress = null
  return { request, meter: listener && new ProgressMeter(listener, () => {}) }
}

interface Filling {
  readonly draft: Draft
  readonly path: string
  readonly meter: ProgressMeter | null
}

/** Where this fails nobody gets the answer to read it, and it is let go of: it would keep its connection. */
async function keep(answer: DownloadAnswer, filling: Filling): Promise<void> {
  const { response, resumed } = answer
  const { draft, path } = filling
  try {
    if (!resumed) await onFile(path, response.request, () => draft.begin(noteOf(answer)))
    await fill(answer, filling)
  } catch (error) {
    await response.discard()
    throw error
  }
}

async function fill({ response, total }: DownloadAnswer, { draft, path, meter }: Filling): Promise<void> {
  const { request, body } = response
  meter?.begin(total, draft.size)
  for await (const chunk of body ?? []) {
    if (total !== null && draft.size + chunk.byteLength > total)
      throw new ProtocolError('The file is longer than the server said', { request, phase: 'body' })
    await onFile(path, request, () => draft.write(chunk))
    meter?.add(chunk.byteLength)
  }
  if (total !== null && draft.size < total)
    throw new TruncatedError(`${draft.size} of ${total} bytes came`, { request, phase: 'body' })
  await meter?.end()
}
