import {
  ConnectionError,
  type PreparedRequest,
  type ProgressListener,
  ProtocolError,
  SessionResponse,
} from '@session-fetch/core'
import { announcedLength, own } from '@session-fetch/core/adapter'
import { explain } from './checks.js'

/** https://fetch.spec.whatwg.org/#null-body-status */
const NO_BODY = [101, 103, 204, 205, 304]

/** One request by XMLHttpRequest, in the terms of fetch. */
export class XhrExchange {
  /** Resolves with the headers; rejects with the reason that the request was stopped. */
  readonly response: Promise<SessionResponse>
  readonly #request: PreparedRequest
  readonly #xhr: XMLHttpRequest
  #resolve: (response: SessionResponse) => void = () => {}
  #reject: (reason: unknown) => void = () => {}
  /** Feeds the response's body; there is none before the headers. */
  #body: ReadableStreamDefaultController<Uint8Array> | undefined
  /** Tells of that body, where someone listens. */
  #tellOfBody: Tell | undefined

  constructor(request: PreparedRequest, xhr: XMLHttpRequest) {
    this.#request = request
    this.#xhr = xhr
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#listen()
    if (!request.cancellation.aborted) this.#send()
  }

  #listen(): void {
    const [xhr, { cancellation, onUploadProgress }] = [this.#xhr, this.#request]
    const release = cancellation.onAbort((reason) => this.#stop(reason))
    xhr.addEventListener('loadend', release)
    xhr.addEventListener('readystatechange', () => {
      if (xhr.readyState === xhr.HEADERS_RECEIVED) this.#begin()
    })
    xhr.addEventListener('load', () => this.#end())
    xhr.addEventListener('error', () => this.#fail())
    if (onUploadProgress) this.#watchUpload(this.#teller(onUploadProgress))
  }

  #send(): void {
    const [xhr, { method, url, headers, credentials, body }] = [this.#xhr, this.#request]
    xhr.open(method, url)
    xhr.responseType = 'arraybuffer'
    xhr.withCredentials = credentials === 'include'
    for (const [name, value] of headers) xhr.setRequestHeader(name, value)
    xhr.send(body as XMLHttpRequestBodyInit | null) // streams were refused; the rest is what fetch takes, too
  }

  /** The headers came. */
  #begin(): void {
    const request = this.#request
    const { status, statusText } = this.#xhr
    if (status > 599) {
      // A Response takes no such status, as a session in Node takes none.
      const message = `The server answered with status ${status}`
      return this.#stop(new ProtocolError(message, { request, phase: 'headers' }))
    }
    const empty = NO_BODY.includes(status) || request.method === 'HEAD'
    const body = empty
      ? null
      : new ReadableStream<Uint8Array>(
          own<UnderlyingDefaultSource<Uint8Array>>({
            start: (controller) => {
              this.#body = controller
            },
            cancel: () => this.#xhr.abort(),
          }),
        )
    const headers = headersOf(this.#xhr.getAllResponseHeaders())
    const response = new SessionResponse(body, own({ status, statusText, headers }))
    if (body && request.onDownloadProgress)
      this.#watchDownload(this.#teller(request.onDownloadProgress), response)
    this.#resolve(this.#located(response))
  }

  /** The response with its final URL, and whether it differs from the requested one. */
  #located(response: SessionResponse): SessionResponse {
    const [asked = '', fragment] = new URL(this.#request.url).href.split('#')
    const url = this.#xhr.responseURL || asked
    Object.defineProperty(response, 'redirected', own({ value: url !== asked }))
    return response.attach(this.#request, fragment === undefined ? url : `${url}#${fragment}`)
  }

  #end(): void {
    // The response type is `arraybuffer`.
    const bytes = new Uint8Array((this.#xhr.response as ArrayBuffer | null) ?? [])
    this.#tellOfBody?.(bytes.length, bytes.length)
    if (this.#request.cancellation.aborted) return // by its listener
    if (bytes.length > 0) this.#body?.enqueue(bytes)
    this.#body?.close()
  }

  /** A failure of the network, of which a page is told no more. */
  #fail(): void {
    const request = this.#request
    this.#body?.error(new TypeError('The connection failed')) // as fetch has it
    this.#reject(new ConnectionError(explain(request) ?? 'No answer came', { request }))
  }

  #stop(reason: unknown): void {
    this.#xhr.abort()
    this.#body?.error(reason)
    this.#reject(reason)
  }

  #watchUpload(tell: Tell): void {
    for (const type of ['loadstart', 'progress', 'load'] as const)
      this.#xhr.upload.addEventListener(type, ({ loaded, total, lengthComputable }) =>
        tell(loaded, type === 'load' ? loaded : lengthComputable ? total : null),
      )
  }

  /** Of a coded body some engines count the bytes as they come: it is told of at its start and its end. */
  #watchDownload(tell: Tell, response: SessionResponse): void {
    const total = announcedLength(response)
    this.#tellOfBody = tell
    tell(0, total)
    if (response.headers.has('Content-Encoding')) return
    this.#xhr.addEventListener('progress', ({ loaded }) => tell(loaded, total))
  }

  /** Reports the progress of a body to a listener, each step once. */
  #teller(listener: ProgressListener): Tell {
    let told = ''
    return (bytes, total) => {
      const all = total !== null && bytes > total ? null : total // more than was announced
      if (told === `${bytes} of ${all}`) return
      told = `${bytes} of ${all}`
      const stop = (error: unknown): void => this.#request.cancellation.abort(error)
      try {
        const answer = listener({ bytes, total: all })
        if (answer instanceof Promise) answer.catch(stop)
      } catch (error) {
        stop(error)
      }
    }
  }
}

type Tell = (bytes: number, total: number | null) => void

/** `name: value` lines as `Headers`. */
function headersOf(lines: string): Headers {
  const headers = new Headers()
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return headers
}
