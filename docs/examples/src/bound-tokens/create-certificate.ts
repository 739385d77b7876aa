/** Creates a self-signed certificate with openssl, so that no key is kept anywhere. */
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A key and its certificate, as PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Creates a certificate for a server on this machine, or for a client. It is good for a day. */
export function createCertificate(name: string): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'certificate-'))
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1']
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' })
  const created = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  rmSync(directory, { recursive: true })
  return created
}

/** The certificate as a key set of one key, to register it for `self_signed_tls_client_auth` (RFC 8705 §2.2.2). */
export function toKeySet({ cert }: Certificate) {
  const { publicKey, raw } = new X509Certificate(cert)
  return { keys: [{ ...publicKey.export({ format: 'jwk' }), x5c: [raw.toString('base64')] }] }
}
