import { deepEqual, equal, includes, ok, rejects } from './assert.js'
import { cases } from './contract-case.js'

/** What a call resolves with. */
export const responses = cases('responses', {
  'are real Responses with status, headers and body': async ({ open, url }) => {
    const response = await open().get(`${url}json`)
    ok(response instanceof Response, 'instanceof Response')
    deepEqual([response.status, response.ok, response.statusText], [200, true, 'OK'])
    equal(response.headers.get('content-type'), 'application/json')
    deepEqual(await response.json(), { greeting: 'grüße', list: [1, 2, 3], nothing: null })
  },

  'have their URL, their request and their duration': async ({ open, url }) => {
    const response = await open().get(`${url}echo`, { params: { a: 1 } })
    deepEqual([response.url, response.redirected, response.history], [`${url}echo?a=1`, false, []])
    deepEqual([response.request.method, response.request.url], ['GET', `${url}echo?a=1`])
    ok(
      response.elapsed >= 0 && Number.isFinite(response.elapsed),
      `elapsed is in milliseconds: ${response.elapsed}`,
    )
  },

  'have an empty body after HEAD and at 204': async ({ open, url, platform }) => {
    const session = open()
    const [head, empty] = [await session.head(`${url}json`), await session.get(`${url}status/204`)]
    deepEqual([head.status, await head.text(), empty.status, await empty.text()], [200, '', 204, ''])
    // A browser may make it an empty stream.
    if (platform === 'node') equal(empty.body, null)
  },

  'can be cloned until they are read': async ({ open, url }) => {
    const response = await open().get(`${url}text?body=twice`)
    const clone = response.clone()
    deepEqual([await clone.text(), await response.text()], ['twice', 'twice'])
    await rejects(
      Promise.resolve().then(() => response.clone()),
      TypeError,
    )
  },

  'are read once': async ({ open, url }) => {
    const response = await open().get(`${url}json`)
    equal(response.bodyUsed, false)
    await response.text()
    equal(response.bodyUsed, true)
    await rejects(response.text(), TypeError)
  },

  'have a standard stream as body': async ({ open, url }) => {
    const response = await open().get(`${url}stream/5`)
    ok(response.body instanceof ReadableStream, 'body is a ReadableStream')
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value
    equal(text, 'line 0\nline 1\nline 2\nline 3\nline 4\n')
    deepEqual([response.bodyUsed, response.body.locked], [true, true])
  },

  'cannot be read while a reader locks the body': async ({ open, url }) => {
    const response = await open().get(`${url}bytes/1000`)
    const reader = response.body?.getReader()
    await rejects(response.text(), TypeError)
    reader?.releaseLock()
    equal((await response.bytes()).length, 1000)
  },

  'may be left partly read': async ({ open, url }) => {
    const session = open()
    const response = await session.get(`${url}bytes/1000000`)
    await response.body?.cancel()
    deepEqual(await session.get(`${url}status/200`).json(), { status: 200 })
  },

  'have a complete large body': async ({ open, url }) => {
    const bytes = await open().get(`${url}bytes/1000003`).bytes()
    deepEqual([bytes.length, bytes.every((byte, index) => byte === index % 256)], [1_000_003, true])
  },

  'are decoded from gzip, deflate and brotli': async ({ open, url }) => {
    const session = open()
    for (const coding of ['gzip', 'deflate', 'br'])
      deepEqual(await session.get(`${url}${coding}`).json(), { coding, greeting: 'grüße' })
  },

  'decode text as UTF-8 without its byte order mark': async ({ open, url }) => {
    equal(await open().get(`${url}text?body=%EF%BB%BFgr%C3%BC%C3%9Fe`).text(), 'grüße')
  },

  'return each Set-Cookie separately if it is readable': async ({ open, url, platform }) => {
    const { headers } = await open().get(`${url}set-cookie?line=a=1&line=b=2;%20Path=/`)
    deepEqual(headers.getSetCookie(), platform === 'browser' ? [] : ['a=1', 'b=2; Path=/'])
  },
})

/** The body shortcuts on the promise, and failure statuses. */
export const shortcuts = cases('shortcuts', {
  'read the body in each form': async ({ open, url }) => {
    const session = open()
    const at = `${url}text?body=a=1`
    equal(await session.get(at).text(), 'a=1')
    deepEqual([...(await session.get(at).bytes())], [97, 61, 49])
    equal((await session.get(at).arrayBuffer()).byteLength, 3)
    equal(await (await session.get(at).blob()).text(), 'a=1')
    const form = await session.get(`${at}&type=application/x-www-form-urlencoded`).formData()
    equal(form.get('a'), '1')
  },

  'reject with HttpError for a failure status, with a readable response': async ({ open, url, library }) => {
    const error = await rejects(open().get(`${url}status/404?token=secret`).json(), library.HttpError)
    deepEqual([error.name, error.status, error.response.status], ['HttpError', 404, 404])
    deepEqual(await error.response.json(), { status: 404 })
    includes(error.message, '404')
    equal(error.message.includes('secret'), false, 'the query in the message')
  },

  'throwHttpErrors: false returns the body of a failure': async ({ open, url }) => {
    deepEqual(await open().get(`${url}status/500`, { throwHttpErrors: false }).json(), { status: 500 })
  },

  'awaiting a call does not throw for its status': async ({ open, url }) => {
    const response = await open().get(`${url}status/503`)
    deepEqual([response.status, response.ok], [503, false])
  },

  'throwHttpErrors: true makes every failure throw': async ({ open, url, library }) => {
    const session = open({ throwHttpErrors: true })
    await rejects(session.get(`${url}status/500`), library.HttpError)
    await rejects(open().get(`${url}status/400`, { throwHttpErrors: true }), library.HttpError)
    equal((await session.get(`${url}status/500`, { throwHttpErrors: false })).status, 500)
  },

  'have links in Node; in a page the error names the import': async ({ open, url, library, platform }) => {
    const response = await open().get(`${url}echo`)
    if (platform === 'node') return equal(response.links['next']?.url, `${url}echo?page=2`)
    const asked = Promise.resolve().then(() => response.links)
    includes((await rejects(asked, library.UnsupportedError)).message, 'session-fetch/links')
  },

  'raiseForStatus throws for a failure only': async ({ open, url, library }) => {
    const session = open()
    const [good, bad] = [await session.get(`${url}status/200`), await session.get(`${url}status/418`)]
    good.raiseForStatus()
    await rejects(
      Promise.resolve().then(() => bad.raiseForStatus()),
      library.HttpError,
    )
  },
})
