/** What undici calls a dispatcher, such as its `Agent`, `ProxyAgent` and `MockAgent`, as far as a session uses one. */
export interface Dispatcher {
  dispatch(options: object, handler: object): unknown
}
