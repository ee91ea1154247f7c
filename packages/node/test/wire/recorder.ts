import {
  type Fault,
  type FaultServer,
  type FaultServerOptions,
  head,
  ok,
} from '@session-fetch/test-support/fault-server'
import { serve } from '../fault-stage.js'

/** A server that records the received bytes. */
export interface Recorder extends FaultServer {
  /** What came on one connection, as latin-1. The first is 0. */
  raw(connection: number): string
}

const sayOk: Fault = ({ request, send }) => send(request.method === 'HEAD' ? head('200 OK') : ok())

/** Starts one for the test that is running; it says `ok` to each request unless told otherwise. */
export async function startRecorder(
  fault: Fault = sayOk,
  options: FaultServerOptions = {},
): Promise<Recorder> {
  const read: Buffer[][] = []
  const server = await serve(fault, {
    ...options,
    onConnection(socket) {
      const chunks: Buffer[] = []
      read.push(chunks)
      socket.on('data', (bytes: Buffer) => chunks.push(bytes))
    },
  })
  return { ...server, raw: (connection) => Buffer.concat(read[connection] ?? []).toString('latin1') }
}
