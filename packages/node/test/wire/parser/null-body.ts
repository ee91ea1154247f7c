/** Statuses whose responses have no body in fetch, whatever was sent: https://fetch.spec.whatwg.org/#null-body-status */
export const NULL_BODY: readonly number[] = [101, 103, 204, 205, 304]
