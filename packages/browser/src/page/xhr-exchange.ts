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

/** One request by XMLHttpRequest, with the behavior of fetch. */
export class XhrExchange {
  /** Resolves with the headers; rejects with the reason that the request was stopped. */
  readonly response: Promise<SessionResponse>
  readonly #request: PreparedRequest
  readonly #xhr: XMLHttpRequest
  #resolve: (response: SessionResponse) => void = () => {}
  #reject: (reason: unknown) => void = () => {}
  /** Feeds the response's body; there is none before the headers. */
  #body: ReadableStreamDefaultController<Uint8Array> | undefined
  /** Reports the progress of that body; `undefined` without a listener. */
  #reportDownload: Report | undefined

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
    if (onUploadProgress) this.#watchUpload(this.#reporter(onUploadProgress))
  }

  #send(): void {
    const [xhr, { method, url, headers, credentials, body }] = [this.#xhr, this.#request]
    xhr.open(method, url)
    xhr.responseType = 'arraybuffer'
    xhr.withCredentials = credentials === 'include'
    for (const [name, value] of headers) xhr.setRequestHeader(name, value)
    xhr.send(body as XMLHttpRequestBodyInit | null) // streams were rejected before; fetch accepts the same other bodies
  }

  /** The headers were received. */
  #begin(): void {
    const request = this.#request
    const { status, statusText } = this.#xhr
    if (status > 599) {
      // `Response` rejects such a status, as a session in Node does
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
      this.#watchDownload(this.#reporter(request.onDownloadProgress), response)
    this.#resolve(this.#located(response))
  }

  /** The response with the final URL, and whether it differs from the requested one. */
  #located(response: SessionResponse): SessionResponse {
    const [requested = '', fragment] = new URL(this.#request.url).href.split('#')
    const url = this.#xhr.responseURL || requested
    Object.defineProperty(response, 'redirected', own({ value: url !== requested }))
    return response.attach(this.#request, fragment === undefined ? url : `${url}#${fragment}`)
  }

  #end(): void {
    // because `responseType` is 'arraybuffer'
    const bytes = new Uint8Array((this.#xhr.response as ArrayBuffer | null) ?? [])
    this.#reportDownload?.(bytes.length, bytes.length)
    if (this.#request.cancellation.aborted) return // the abort listener ended the body
    if (bytes.length > 0) this.#body?.enqueue(bytes)
    this.#body?.close()
  }

  /** A network failure; scripts cannot read the cause. */
  #fail(): void {
    const request = this.#request
    this.#body?.error(new TypeError('The connection failed')) // as fetch does
    this.#reject(new ConnectionError(explain(request) ?? 'No response', { request }))
  }

  #stop(reason: unknown): void {
    this.#xhr.abort()
    this.#body?.error(reason)
    this.#reject(reason)
  }

  #watchUpload(report: Report): void {
    for (const type of ['loadstart', 'progress', 'load'] as const)
      this.#xhr.upload.addEventListener(type, ({ loaded, total, lengthComputable }) =>
        report(loaded, type === 'load' ? loaded : lengthComputable ? total : null),
      )
  }

  /** Reports only start and end of a body with a content coding, because some browsers count its encoded bytes. */
  #watchDownload(report: Report, response: SessionResponse): void {
    const total = announcedLength(response)
    this.#reportDownload = report
    report(0, total)
    if (response.headers.has('Content-Encoding')) return
    this.#xhr.addEventListener('progress', ({ loaded }) => report(loaded, total))
  }

  /** Reports the progress of a body to a listener, each step once. */
  #reporter(listener: ProgressListener): Report {
    let last = ''
    return (bytes, total) => {
      const all = total !== null && bytes > total ? null : total // more than announced
      if (last === `${bytes} of ${all}`) return
      last = `${bytes} of ${all}`
      const stop = (error: unknown): void => this.#request.cancellation.abort(error)
      try {
        const returned = listener({ bytes, total: all })
        if (returned instanceof Promise) returned.catch(stop)
      } catch (error) {
        stop(error)
      }
    }
  }
}

type Report = (bytes: number, total: number | null) => void

/** `name: value` lines as `Headers`. */
function headersOf(lines: string): Headers {
  const headers = new Headers()
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return headers
}
