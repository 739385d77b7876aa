/** Options of step `transport`: certificates. */
import { OptionGroup } from '@token-introspection/core/options'

/** Certificates and keys, as PEM. */
export type Pem = string | Uint8Array

/**
 * Certificates of connections, on Node. The client reads them once. To use new certificates, create a new client. The
 * client always verifies names and certificate chains of servers.
 */
export interface TlsOptions {
  /** The certificate of this resource server with its intermediates. Give it with `key`. */
  readonly cert?: Pem | undefined
  /** The private key of the certificate. */
  readonly key?: Pem | undefined
  /** The passphrase of the encrypted key. */
  readonly passphrase?: string | undefined
  /** The authorities to trust in place of the system's, when the server's certificate is from a private authority. */
  readonly ca?: Pem | readonly Pem[] | undefined
}

/** Reads the group; `undefined` when it is not given. */
export function resolveTls(options: OptionGroup): TlsOptions | undefined {
  if (!options.has('tls')) return undefined
  const group = new OptionGroup(options.path('tls'), options.raw('tls'), ['cert', 'key', 'passphrase', 'ca'])
  if (group.has('cert') !== group.has('key')) throw group.error('cert', 'give this and key, or neither')
  const ca = group.raw('ca')
  const tls = {
    cert: readPem(group, 'cert'),
    key: readPem(group, 'key'),
    passphrase: group.string('passphrase'),
    ca: Array.isArray(ca) ? ca.map((pem: unknown) => checkPem(pem, group, 'ca')) : readPem(group, 'ca'),
  }
  return Object.freeze(Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)))
}

function readPem(group: OptionGroup, name: string): Pem | undefined {
  return group.has(name) ? checkPem(group.raw(name), group, name) : undefined
}

function checkPem(pem: unknown, group: OptionGroup, name: string): Pem {
  const text = pem instanceof Uint8Array ? new TextDecoder('latin1').decode(pem) : pem
  if (typeof text !== 'string' || !text.includes('-----BEGIN ')) throw group.error(name, 'must be PEM')
  return text
}
