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

/** A certificate authority for one test, created by openssl and removed after the test. */
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

type Words = Record<string, string | number | true>

const run = promisify(execFile)
const NEW_KEY: Words = { newkey: 'ec', pkeyopt: 'ec_paramgen_curve:prime256v1', nodes: true }

/** Creates a certificate authority in a separate folder. */
export async function createAuthority(name = 'session-fetch test CA'): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'session-fetch-ca-'))
  await chmod(folder, 0o755)
  const at = (file: string): string => join(folder, file)
  const [caFile, caKey] = [at('ca.pem'), at('ca.key')]
  const about = { subj: `/CN=${name}`, addext: 'basicConstraints=critical,CA:TRUE', days: 2 }
  await openssl('req', { x509: true, ...NEW_KEY, keyout: caKey, out: caFile, ...about })
  let issued = 0
  return {
    ca: await readFile(caFile, 'utf8'),
    caFile,
    issue(names, { subject = 'localhost', days = 1 } = {}) {
      issued += 1
      const signer = { CA: caFile, CAkey: caKey, set_serial: issued, days }
      return issue(at(String(issued)), { names, subject, signer })
    },
    async bundle({ certFile, keyFile }, passphrase) {
      const out = at('bundle.p12')
      await openssl('pkcs12', {
        export: true,
        in: certFile,
        inkey: keyFile,
        out,
        passout: `pass:${passphrase}`,
      })
      return readFile(out)
    },
    async encrypt({ keyFile }, passphrase) {
      const out = at('encrypted.key')
      await openssl('pkcs8', { topk8: true, in: keyFile, out, passout: `pass:${passphrase}` })
      return readFile(out, 'utf8')
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

interface Order {
  readonly names: readonly string[]
  readonly subject: string
  /** How the authority signs. */
  readonly signer: Words
}

async function issue(base: string, { names, subject, signer }: Order): Promise<Certificate> {
  const [request, certFile, keyFile] = [`${base}.csr`, `${base}.pem`, `${base}.key`]
  const alternatives: Words = names.length === 0 ? {} : { addext: `subjectAltName=${names.join(',')}` }
  await openssl('req', {
    new: true,
    ...NEW_KEY,
    keyout: keyFile,
    out: request,
    subj: `/CN=${subject}`,
    ...alternatives,
  })
  await openssl('x509', { req: true, in: request, ...signer, copy_extensions: 'copy', out: certFile })
  await chmod(keyFile, 0o644) // services drop root before they read it
  return { certFile, keyFile, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
}

function openssl(command: string, words: Words): Promise<unknown> {
  const flags = Object.entries(words).flatMap(([name, value]) =>
    value === true ? [`-${name}`] : [`-${name}`, String(value)],
  )
  return run('openssl', [command, ...flags])
}
