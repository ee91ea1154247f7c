/** What a server sent is not HTTP/1.1. The message says what is wrong with it, and quotes none of it. */
export class MalformedMessage extends Error {
  readonly code: 'ERR_HTTP1_SYNTAX' | 'ERR_HTTP1_HEAD_SIZE'

  constructor(what: string, code: MalformedMessage['code'] = 'ERR_HTTP1_SYNTAX') {
    super(what)
    this.code = code
  }
}
