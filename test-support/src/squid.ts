import { execFileSync } from 'node:child_process'
import type { Certificate } from './certificates.js'
import { type Service, startService } from './service.js'

export interface SquidOptions {
  /** Who may use it. Default: everyone. */
  readonly user?: { name: string; password: string }
  /** Makes it an HTTPS proxy. Default: plain HTTP. */
  readonly certificate?: Certificate
}

/** A running squid. */
export interface Squid extends Service {
  /** Its lines, one per request it carried. */
  log(): Promise<string[]>
}

/** Starts Debian's squid (package `squid`) on a free loopback port. */
export async function startSquid(options: SquidOptions = {}): Promise<Squid> {
  const service = await startService({
    program: '/usr/sbin/squid',
    words: ({ folder }) => ['-N', '-f', `${folder}/squid.conf`],
    files: ({ folder, port }) => ({ 'squid.conf': config(folder, port, options), passwd: users(options) }),
  })
  return { ...service, log: async () => (await service.read('access.log')).split('\n').filter(Boolean) }
}

function users({ user }: SquidOptions): string {
  if (user === undefined) return ''
  const hash = execFileSync('openssl', ['passwd', '-apr1', user.password], { encoding: 'utf8' }).trim()
  return `${user.name}:${hash}\n`
}

function config(folder: string, port: number, { user, certificate }: SquidOptions): string {
  const tls = certificate && ` tls-cert=${certificate.certFile} tls-key=${certificate.keyFile}`
  const listen = tls ? `https_port 127.0.0.1:${port}${tls}` : `http_port 127.0.0.1:${port}`
  const access = user
    ? `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${folder}/passwd
auth_param basic realm test
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all`
    : 'http_access allow all'
  return `${listen}
pid_filename ${folder}/squid.pid
access_log stdio:${folder}/access.log
buffered_logs off
cache_log ${folder}/cache.log
coredump_dir ${folder}
cache deny all
pinger_enable off
visible_hostname localhost
shutdown_lifetime 0 seconds
${access}
`
}
