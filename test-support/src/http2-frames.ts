import type { AddressInfo } from 'node:net'
import { type TLSSocket, createServer } from 'node:tls'
import type { Certificate } from './certificates.js'

/** A frame of HTTP/2, as RFC 9113 §4.1 lays it out. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Uint8Array
}

/** Frame types (RFC 9113 §6). */
export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, goAway: 7 } as const

/** A server of HTTP/2 frames, which does only what a test plays: it grants no window and answers nothing. */
export interface FrameServer {
  readonly url: string
  /** Connections accepted so far. */
  connections(): number
  close(): Promise<void>
}

/** What a server does with each received frame, except settings, which it acknowledges. */
export type Play = (frame: Frame, send: (...frames: Uint8Array[]) => void, socket: TLSSocket) => void

const PREFACE_BYTES = 24
const HEAD_BYTES = 9
const [END_STREAM, END_HEADERS, ACK] = [1, 4, 1]

/** Starts a server on a free loopback port. */
export async function startFrameServer({ cert, key }: Certificate, play: Play): Promise<FrameServer> {
  const sockets = new Set<TLSSocket>()
  let accepted = 0
  const server = createServer({ cert, key, ALPNProtocols: ['h2'] }, (socket) => {
    accepted += 1
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    serve(socket, play)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/`, // no pipe: it has a port
    connections: () => accepted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** The head of a response: a status of three digits, and fields. */
export function headersFrame(
  stream: number,
  status: number,
  { end = false, fields = {} }: { end?: boolean; fields?: Record<string, string> } = {},
): Buffer {
  const block = [Buffer.from([8]), text(String(status)), ...Object.entries(fields).map(literal)]
  return frame(FRAME.headers, END_HEADERS | (end ? END_STREAM : 0), stream, Buffer.concat(block))
}

export function dataFrame(stream: number, data: string, { end = false } = {}): Buffer {
  return frame(FRAME.data, end ? END_STREAM : 0, stream, Buffer.from(data))
}

/** RST_STREAM. */
export function resetFrame(stream: number, code: number): Buffer {
  return frame(FRAME.reset, 0, stream, numbers(code))
}

/** @param last The last stream that the server may have processed. */
export function goAwayFrame(last: number, code: number): Buffer {
  return frame(FRAME.goAway, 0, 0, numbers(last, code))
}

function serve(socket: TLSSocket, play: Play): void {
  const send = (...frames: Uint8Array[]): void => {
    if (!socket.destroyed) socket.write(Buffer.concat(frames))
  }
  let unread: Buffer = Buffer.alloc(0)
  let skip = PREFACE_BYTES
  send(frame(FRAME.settings, 0, 0, Buffer.alloc(0)))
  socket.on('data', (bytes: Buffer) => {
    unread = Buffer.concat([unread, bytes])
    for (let whole = cut(unread, skip); whole; whole = cut(unread, skip)) {
      unread = unread.subarray(skip + HEAD_BYTES + whole.payload.length)
      skip = 0
      if (whole.type !== FRAME.settings) play(whole, send, socket)
      else if (whole.payload.length > 0) send(frame(FRAME.settings, ACK, 0, Buffer.alloc(0)))
    }
  })
}

/** The first frame after some bytes to skip, once all of it is there. */
function cut(bytes: Buffer, skip: number): Frame | undefined {
  const start = skip + HEAD_BYTES
  if (bytes.length < start) return undefined
  const end = start + bytes.readUIntBE(skip, 3)
  if (bytes.length < end) return undefined
  return {
    type: bytes.readUInt8(skip + 3),
    flags: bytes.readUInt8(skip + 4),
    stream: bytes.readUInt32BE(skip + 5),
    payload: bytes.subarray(start, end),
  }
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A header that no table has (RFC 7541 §6.2.2); short enough for a length of one byte. */
function literal([name, value]: [string, string]): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)])
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index)
  return bytes
}
