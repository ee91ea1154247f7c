import { type Service, startService } from './service.js'

/** Starts Debian's tinyproxy (package `tinyproxy`) on a free loopback port. */
export function startTinyproxy(user?: { name: string; password: string }): Promise<Service> {
  const auth = user ? `BasicAuth ${user.name} ${user.password}\n` : ''
  return startService({
    program: '/usr/bin/tinyproxy',
    words: ({ folder }) => ['-d', '-c', `${folder}/tinyproxy.conf`],
    files: ({ port }) => ({
      'tinyproxy.conf': `Port ${port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nLogLevel Info\n${auth}`,
    }),
  })
}
