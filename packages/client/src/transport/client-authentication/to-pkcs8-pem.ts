/**
 * Converts PKCS #1 to PKCS #8, the only form of a private key that Web Crypto reads (RFC 5208 §5, RFC 8017 appendix
 * A.1.2).
 */

const PEM = /^\s*-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END \1PRIVATE KEY-----\s*$/

/** `INTEGER 0`, then `SEQUENCE { OBJECT IDENTIFIER rsaEncryption, NULL }`. */
const VERSION_AND_ALGORITHM = [
  0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
]
const SEQUENCE = 0x30
const OCTET_STRING = 0x04

/** Returns PKCS #8 PEM for a private RSA key in PKCS #1 or PKCS #8; `undefined` for other text. */
export function toPkcs8Pem(pem: string): string | undefined {
  const [, rsa, body] = PEM.exec(pem) ?? []
  if (body === undefined) return undefined
  const der = decode(body)
  if (der === undefined) return undefined
  return rsa === undefined ? encode(der) : encode(wrap(der))
}

function wrap(pkcs1: Uint8Array): Uint8Array {
  return element(SEQUENCE, new Uint8Array([...VERSION_AND_ALGORITHM, ...element(OCTET_STRING, pkcs1)]))
}

/** One element of DER: tag, length, content. */
function element(tag: number, content: Uint8Array): Uint8Array {
  return new Uint8Array([tag, ...lengthOf(content.length), ...content])
}

/**
 * The length octets. A length up to 127 takes one octet; otherwise the first octet says how many follow (X.690 §8.1.3).
 */
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 + octets.length, ...octets]
}

function decode(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

function encode(der: Uint8Array): string {
  const base64 = btoa(Array.from(der, (octet) => String.fromCharCode(octet)).join(''))
  return `-----BEGIN PRIVATE KEY-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`
}
