import {
  type CallOptions,
  InvalidRequestError,
  type PreparedRequest,
  ProtocolError,
  type Session,
  type SessionResponse,
  TruncatedError,
} from '@session-fetch/core'
import { ProgressMeter, optionsOf, own } from '@session-fetch/core/adapter'
import { type DownloadAnswer, noteOf, requestRest } from './answer.js'
import { Draft } from './draft.js'
import { onFile } from './file-error.js'

/** The options of a download, in addition to those of a call. */
export interface DownloadOptions
  extends Omit<CallOptions, 'body' | 'json' | 'form' | 'multipart' | 'throwHttpErrors'> {
  /**
   * If the download fails, keep the received part in `<path>.part`, and next time request only the rest, unless the
   * file has changed on the server. Default: `false`.
   */
  resume?: boolean | undefined
  /** Whether to flush the file to disk before the download resolves. Default: `false`. */
  fsync?: boolean | undefined
  /** The mode of the file, before the umask. Default: that of the file that it replaces, else `0o666`. */
  permissions?: number | undefined
}

/** A finished download. */
export interface Download {
  /** As passed to `download()`. */
  readonly path: string
  /** The size of the file. */
  readonly bytes: number
  /** Whether it continues an earlier download. */
  readonly resumed: boolean
  /** The response, whose body has been read. */
  readonly response: SessionResponse
}

/** Implements `session.download`: the file is either complete or absent. */
export async function download(
  session: Session,
  url: string | URL,
  path: string,
  options?: DownloadOptions,
): Promise<Download> {
  if (typeof path !== 'string' || path === '')
    throw new InvalidRequestError('download(url, path) needs the path of the file to write')
  const { resume = false, fsync = false, permissions, ...call } = optionsOf(options, 'options of download()')
  checkFlags({ resume, fsync })
  const { request, meter } = prepareDownload(session, url, own(call))
  const draft = await onFile(path, request, () => Draft.open(path, { resume, permissions, url: request.url }))
  try {
    const answer = await requestRest(session, request, draft)
    await save(answer, { draft, path, meter })
    await onFile(path, request, () => draft.publish(fsync))
    const { response, resumed } = answer
    return { path, bytes: draft.size, resumed, response }
  } catch (error) {
    await draft.abandon()
    throw error
  }
}

function checkFlags(flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags))
    if (typeof value !== 'boolean') throw new InvalidRequestError(`${name} must be true or false`)
}

interface Prepared {
  readonly request: PreparedRequest
  /** Counts the whole file, including the part of an earlier download. */
  readonly meter: ProgressMeter | null
}

function prepareDownload(session: Session, url: string | URL, call: CallOptions): Prepared {
  const given = call.timeout === undefined ? session.timeout : call.timeout
  // a download may take any time, so a plain number limits only the time to connect and the time between two chunks
  const timeout = typeof given === 'number' ? { attempt: given, body: given } : given
  const request = session.prepare('GET', url, Object.assign(call, { timeout, throwHttpErrors: false }))
  for (const name of ['Range', 'If-Range'])
    if (request.headers.has(name))
      throw new InvalidRequestError(`${name}: download() sets this header itself; remove it`, { request })
  request.headers.set('Accept-Encoding', 'identity') // ranges refer to the encoded bytes
  const listener = request.onDownloadProgress ?? null
  request.onDownloadProgress = null
  return { request, meter: listener && new ProgressMeter(listener, () => {}) }
}

interface Filling {
  readonly draft: Draft
  readonly path: string
  readonly meter: ProgressMeter | null
}

/** On failure the response is discarded, because the caller does not get it and it would occupy its connection. */
async function save(answer: DownloadAnswer, filling: Filling): Promise<void> {
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
      throw new ProtocolError('The file is longer than announced', { request, phase: 'body' })
    await onFile(path, request, () => draft.write(chunk))
    meter?.add(chunk.byteLength)
  }
  if (total !== null && draft.size < total)
    throw new TruncatedError(`${draft.size} of ${total} bytes were received`, { request, phase: 'body' })
  await meter?.end()
}
