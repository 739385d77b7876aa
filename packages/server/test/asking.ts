/** Requests as plain data, from callers that use every authentication method. */
import { readFileSync } from 'node:fs'
import { X509Certificate } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { form, ISSUER, NOW, token, type WireResponse } from './endpoint.ts'
import type { HttpHandler, PeerCertificate } from '../src/index.ts'

export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The parts of a request outside its form. */
export interface Around {
  readonly headers?: Readonly<Record<string, string>>
  readonly remoteAddress?: string
  readonly certificate?: PeerCertificate
}

/** Asks about the active token. */
export async function ask(
  handler: HttpHandler,
  parameters: Readonly<Record<string, string>> = {},
  { headers = {}, remoteAddress, certificate }: Around = {},
): Promise<WireResponse> {
  const fields: Readonly<Record<string, string>> = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
  return handler.handle({
    method: 'POST',
    header: (name) => fields[name],
    readBody: () => form({ token: token('active'), ...parameters }),
    remoteAddress: () => remoteAddress,
    peerCertificate: () => certificate,
  })
}

/** A new key pair, with its public key as a JWK. */
export async function createKey(algorithm: string, kid = 'key-1') {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid }
  return { algorithm, privateKey, jwk, secret: undefined }
}

let assertions = 0

/** The claims of a correct assertion of `orders-api`, with changes. */
export function claims(changes: JWTPayload = {}): JWTPayload {
  return {
    iss: 'orders-api',
    sub: 'orders-api',
    aud: ISSUER,
    jti: `jti-${assertions++}`,
    iat: NOW,
    exp: NOW + 60,
    ...changes,
  }
}

/** A signed assertion. A change to `undefined` removes a claim or header parameter. */
export async function sign(
  key: { readonly algorithm: string; readonly privateKey: Parameters<SignJWT['sign']>[0] },
  changes: JWTPayload = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return await new SignJWT(claims(changes))
    .setProtectedHeader({ alg: key.algorithm, typ: 'client-authentication+jwt', ...header })
    .sign(key.privateKey)
}

/** The form parameters that carry an assertion. */
export function asserting(jwt: string, parameters: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { client_assertion_type: JWT_BEARER, client_assertion: jwt, ...parameters }
}

/** A certificate from the fixtures. */
export function readCertificate(name: string): {
  readonly pem: string
  readonly key: string
  readonly der: Uint8Array
} {
  const folder = new URL('fixtures/certificates/', import.meta.url)
  const pem = readFileSync(new URL(`${name}.pem`, folder), 'utf8')
  const keyFile = new URL(`${name}.key.pem`, folder)
  const key = name === 'authority' ? '' : readFileSync(keyFile, 'utf8')
  return { pem, key, der: new Uint8Array(new X509Certificate(pem).raw) }
}
