/** Fetch, "duplex": a getter that the engines have which send streams, and no other. */
export function sendsStreams(): boolean {
  return 'duplex' in Request.prototype
}
