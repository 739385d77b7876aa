/** Nonces that nothing has to store: a time and random octets under a MAC, known to whoever has the secret (RFC 9449 §8). */
import { decodeBase64url, encodeBase64url } from '@token-introspection/core'

/** Nonces of one API. */
export interface Nonces {
  /** A new one: characters of base64url and dots, which nobody else can make (RFC 9449 §8). */
  issue(): Promise<string>
  /** Whether a nonce is one of ours and still good: `ageing` is good too, but the next one is due. */
  judge(nonce: string): Promise<'good' | 'ageing' | 'refused'>
}

/** What makes them. */
export interface NonceSettings {
  readonly secret: string
  readonly lifetimeSeconds: number
  readonly nowMs: () => number
}

/** Seconds since the epoch in base 36, 128 random bits, HMAC-SHA-256. */
const NONCE = /^([0-9a-z]{1,9})\.[A-Za-z0-9_-]{22}\.([A-Za-z0-9_-]{43})$/
/** Seconds by which the clock of the process that made a nonce may be ahead. */
const CLOCK_LEEWAY_SECONDS = 5

/** Creates them; the key is imported when it is first needed, because some runtimes cannot while they load. */
export function createNonces({ secret, lifetimeSeconds, nowMs }: NonceSettings): Nonces {
  let importing: ReturnType<typeof importKey> | undefined
  const key = (): ReturnType<typeof importKey> => (importing ??= importKey(secret))
  const now = (): number => Math.floor(nowMs() / 1000)

  return {
    async issue() {
      const text = `${now().toString(36)}.${encodeBase64url(crypto.getRandomValues(new Uint8Array(16)))}`
      const mac = await crypto.subtle.sign('HMAC', await key(), signedOctets(text))
      return `${text}.${encodeBase64url(new Uint8Array(mac))}`
    },
    async judge(nonce) {
      const [, issued = '', mac = ''] = NONCE.exec(nonce) ?? []
      const octets = mac === '' ? undefined : decodeBase64url(mac)
      if (octets === undefined) return 'refused'
      const text = nonce.slice(0, -mac.length - 1)
      // Compares in constant time.
      if (!(await crypto.subtle.verify('HMAC', await key(), octets, signedOctets(text)))) return 'refused'
      const ageSeconds = now() - Number.parseInt(issued, 36)
      if (!(ageSeconds >= -CLOCK_LEEWAY_SECONDS && ageSeconds <= lifetimeSeconds)) return 'refused'
      return ageSeconds * 2 > lifetimeSeconds ? 'ageing' : 'good'
    },
  }
}

function importKey(secret: string) {
  const octets = new TextEncoder().encode(secret)
  return crypto.subtle.importKey('raw', octets, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

/** Says what for, in case the secret is used elsewhere too: a nonce of an authorization server is none of ours (RFC 9449 §9). */
function signedOctets(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`dpop-nonce of a protected resource\n${text}`)
}
