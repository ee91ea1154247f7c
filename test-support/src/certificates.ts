import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A certificate and its key: as text, and as the files that services read. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly certFile: string
  readonly keyFile: string
}

/** A certificate authority of a test's own, made by openssl and gone with the test. */
export interface Authority {
  /** Its own certificate. */
  readonly ca: string
  readonly caFile: string
  /** @param names As openssl writes them: `DNS:localhost`, `IP:127.0.0.1`. `days` below 0 has expired. */
  issue(names: readonly string[], options?: { subject?: string; days?: number }): Promise<Certificate>
  /** A certificate and its key as one PKCS#12 file. */
  bundle(certificate: Certificate, passphrase: string): Promise<Buffer>
  /** A key in encrypted form. */
  encrypt(certificate: Certificate, passphrase: string): Promise<string>
  close(): Promise<void>
}

const run = promisify(execFile)
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Makes an authority in a folder of its own. */
export async function createAuthority(name = 'session-fetch test CA'): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'session-fetch-ca-'))
  await chmod(folder, 0o755)
  const at = (file: string): string => join(folder, file)
  const openssl = (...words: string[]): Promise<unknown> => run('openssl', words)
  const own = { certFile: at('ca.pem'), keyFile: at('ca.key') }
  const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE']
  await openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    own.keyFile,
    '-out',
    own.certFile,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    ...extensions,
  )
  let issued = 0
  return {
    ca: await readFile(own.certFile, 'utf8'),
    caFile: own.certFile,
    async issue(names, { subject = 'localhost', days = 1 } = {}) {
      issued += 1
      const [request, certFile, keyFile] = ['csr', 'pem', 'key'].map((end) => at(`${issued}.${end}`)) as [
        string,
        string,
        string,
      ]
      const alternatives = names.length === 0 ? [] : ['-addext', `subjectAltName=${names.join(',')}`]
      await openssl(
        'req',
        '-new',
        ...NEW_KEY,
        '-keyout',
        keyFile,
        '-out',
        request,
        '-subj',
        `/CN=${subject}`,
        ...alternatives,
      )
      const signer = ['-CA', own.certFile, '-CAkey', own.keyFile, '-set_serial', String(issued)]
      await openssl(
        'x509',
        '-req',
        '-in',
        request,
        ...signer,
        '-days',
        String(days),
        '-copy_extensions',
        'copy',
        '-out',
        certFile,
      )
      // Services drop root before they read it.
      await chmod(keyFile, 0o644)
      return {
        certFile,
        keyFile,
        cert: await readFile(certFile, 'utf8'),
        key: await readFile(keyFile, 'utf8'),
      }
    },
    async bundle({ certFile, keyFile }, passphrase) {
      const file = at('bundle.p12')
      await openssl(
        'pkcs12',
        '-export',
        '-in',
        certFile,
        '-inkey',
        keyFile,
        '-out',
        file,
        '-passout',
        `pass:${passphrase}`,
      )
      return readFile(file)
    },
    async encrypt({ keyFile }, passphrase) {
      const file = at('encrypted.key')
      await openssl('pkcs8', '-topk8', '-in', keyFile, '-out', file, '-passout', `pass:${passphrase}`)
      return readFile(file, 'utf8')
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}
