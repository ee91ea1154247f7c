import type { Authority, Certificate } from './certificates.js'
import { type Service, startService } from './service.js'

export interface NginxOptions {
  readonly certificate: Certificate
  /** The authority for client certificates; without one, none are requested. */
  readonly clients?: Authority
  /** Whether it speaks HTTP/2, too. Default: `false`. */
  readonly http2?: boolean
  /** The supported versions of TLS. Default: 1.2 and 1.3. */
  readonly protocols?: string
  /** More directives for its one server. */
  readonly directives?: string
}

/** A running nginx that speaks TLS. */
export interface Nginx extends Service {
  /** Its address with a trailing slash. */
  readonly url: string
}

const FOLDERS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/**
 * Starts Debian's nginx (package `nginx-light`) on a free loopback port. `/whoami` answers with the client
 * certificate's subject, `/connection` with the connection's number and the protocol.
 */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const service = await startService({
    program: '/usr/sbin/nginx',
    words: ({ folder }) => ['-p', `${folder}/`, '-e', 'error.log', '-c', 'nginx.conf'],
    files: ({ port }) => ({ 'nginx.conf': config(port, options) }),
  })
  return { ...service, url: `https://localhost:${service.port}/` }
}

function config(
  port: number,
  { certificate, clients, http2 = false, protocols, directives = '' }: NginxOptions,
): string {
  return `
    daemon off; master_process off; pid nginx.pid; error_log error.log notice;
    events {}
    http {
      access_log off; default_type text/plain;
      ${FOLDERS.map((name) => `${name}_temp_path ${name};`).join(' ')}
      server {
        listen 127.0.0.1:${port} ssl ${http2 ? 'http2' : ''};
        ssl_certificate ${certificate.certFile}; ssl_certificate_key ${certificate.keyFile};
        ssl_protocols ${protocols ?? 'TLSv1.2 TLSv1.3'};
        ${clients ? `ssl_client_certificate ${clients.caFile}; ssl_verify_client on;` : ''}
        location /whoami { return 200 "$ssl_client_s_dn"; }
        location /connection { return 200 "$connection $server_protocol $ssl_protocol $ssl_server_name $http_host"; }
        ${directives}
      }
    }`
}
