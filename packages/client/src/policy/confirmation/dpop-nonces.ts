/**
 * DPoP nonces that no store has to keep: a time and random octets under a MAC. Processes with the same secret accept
 * each other's nonces (RFC 9449 §8).
 */
import { decodeBase64url, encodeBase64url } from '@token-introspection/core'
import type { FindSecret } from '@token-introspection/core/options'

/** Nonces of one API. */
export interface Nonces {
  /** Creates a nonce of base64url characters and dots, which nobody else can make (RFC 9449 §8). */
  issue(): Promise<string>
  /** Judges a nonce. `good` and `ageing` are accepted; after `ageing` the response should carry a new nonce. */
  judge(nonce: string): Promise<'good' | 'ageing' | 'refused'>
}

/** The settings for nonces. */
export interface NonceSettings {
  readonly findSecret: FindSecret
  readonly lifetimeSeconds: number
  readonly nowMs: () => number
}

/** Seconds since the epoch in base 36, 128 random bits, HMAC-SHA-256. */
const NONCE = /^([0-9a-z]{1,9})\.[A-Za-z0-9_-]{22}\.([A-Za-z0-9_-]{43})$/
/** How many seconds the clock of another process may be ahead. */
const CLOCK_LEEWAY_SECONDS = 5

/**
 * Creates the nonces of an API. The key is imported on first use, because some runtimes cannot do that while they load.
 */
export function createNonces({ findSecret, lifetimeSeconds, nowMs }: NonceSettings): Nonces {
  let importing: ReturnType<typeof importKey> | undefined
  const now = (): number => Math.floor(nowMs() / 1000)

  function key(): ReturnType<typeof importKey> {
    if (importing !== undefined) return importing
    const begun = find()
    importing = begun
    // The next request tries again.
    begun.catch(() => {
      if (importing === begun) importing = undefined
    })
    return begun
  }

  async function find(): ReturnType<typeof importKey> {
    return importKey(await findSecret())
  }

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

/**
 * Names the purpose, because the secret may be in use elsewhere: a nonce of an authorization server must not count here
 * (RFC 9449 §9).
 */
function signedOctets(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`dpop-nonce of a protected resource\n${text}`)
}
