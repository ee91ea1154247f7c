import type { RetryHook } from 'session-fetch'

/**
 * A retry hook: a call that met no network is sent again as soon as the browser is back online. A browser may
 * think that it is online where the server is out of reach; then the usual pause ends the wait as well.
 */
export const waitForNetwork: RetryHook = async (state) => {
  const isBack = new Promise<void>((resolve) => {
    globalThis.addEventListener('online', () => resolve(), { once: true })
  })
  await (navigator.onLine ? Promise.race([isBack, pause(state.delay)]) : isBack)
  state.delay = 0
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
