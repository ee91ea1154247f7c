/** https://fetch.spec.whatwg.org/#forbidden-request-header, as far as names go. */
const FORBIDDEN =
  /^(?:accept-(?:charset|encoding)|access-control-request-(?:headers|method)|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|(?:proxy|sec)-.*)$/i

/** A `Request` that drops what a browser's does; Node's drops nothing. */
export class BrowserRequest extends Request {
  constructor(input: string | URL | Request, init?: RequestInit) {
    super(input, init)
    for (const name of Array.from(this.headers.keys())) if (FORBIDDEN.test(name)) this.headers.delete(name)
  }
}
