/** DPoP proofs (RFC 9449 §4.2), made with the keys and digests of the runtime itself. */

/** A key, and a function that signs proofs with it. */
export interface DpopProver {
  /** The thumbprint that binds a token to the key. */
  readonly jkt: string
  /** A proof for one GET request with a token. */
  prove(url: string, token: string, nonce: string | undefined): Promise<string>
}

/** Creates a prover with a new key. */
export async function createDpopProver(): Promise<DpopProver> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const { kty, crv, x, y } = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as Record<string, string>
  return {
    jkt: await digest(JSON.stringify({ crv, kty, x, y })),
    async prove(url, token, nonce) {
      const iat = Math.floor(Date.now() / 1000)
      const claims = { htm: 'GET', htu: url, ath: await digest(token), iat, jti: crypto.randomUUID(), nonce }
      const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }
      const signed = [header, claims].map((part) => encode(utf8(JSON.stringify(part)))).join('.')
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, utf8(signed))
      return `${signed}.${encode(new Uint8Array(signature))}`
    },
  }
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

async function digest(text: string): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))))
}

function encode(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
