import { type Service, startService } from './service.js'

/** Starts Debian's microsocks (package `microsocks`), a SOCKS5 proxy, on a free loopback port. */
export function startMicrosocks(user?: { name: string; password: string }): Promise<Service> {
  const auth = user ? ['-u', user.name, '-P', user.password] : []
  return startService({
    program: '/usr/bin/microsocks',
    words: ({ port }) => ['-i', '127.0.0.1', '-p', String(port), ...auth],
  })
}
