/** The credentials that a client sends, in parts, so that a probe can send the same ones in another way. */
import type { ClientAuthentication } from '@token-introspection/client'
import {
  type BasicCredentials,
  type BasicEncoding,
  decodeBasicCredentials,
  encodeBasicCredentials,
  parseAuthorization,
} from '@token-introspection/core'
import type { Fields } from '../../connection/exchange.ts'

/** Credentials as a request carries them. */
export interface SentCredentials {
  readonly headers: Fields
  readonly parameters: Fields
}

/** Nothing. */
export const NO_CREDENTIALS: SentCredentials = Object.freeze({ headers: {}, parameters: {} })

/** Methods that can be asked for credentials without sending anything. */
const METHODS = new Set(['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'])

/**
 * Makes the credentials for one request. A method with an assertion signs a new one, for this issuer and endpoint.
 *
 * @returns `undefined` for other methods, and when the method fails.
 */
export async function makeCredentials(
  authentication: ClientAuthentication | undefined,
  { endpoint, issuer }: { readonly endpoint: string; readonly issuer: string | undefined },
): Promise<SentCredentials | undefined> {
  if (authentication === undefined || !METHODS.has(authentication.method)) return undefined
  const draft = { endpoint, issuer, headers: {}, parameters: {} }
  try {
    await authentication.authenticate(draft)
    return draft
  } catch {
    return undefined
  }
}

/** The secrets in the credentials of a method. */
export async function credentialsOf(authentication: ClientAuthentication | undefined): Promise<string[]> {
  const sent = await makeCredentials(authentication, { endpoint: 'https://localhost', issuer: 'https://localhost' })
  const secret = sent && readSecret(sent)
  return secret === undefined ? [] : [secret.clientSecret]
}

/** Identifier and secret, in the form or in Basic credentials of any encoding. `undefined` for other credentials. */
export function readSecret({ headers, parameters }: SentCredentials): BasicCredentials | undefined {
  const { client_id: clientId, client_secret: clientSecret } = parameters
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret }
  const authorization = headers['authorization'] ?? ''
  const basic = parseAuthorization(authorization)
  if (basic?.scheme !== 'basic') return undefined
  const decoded = decodeBasicCredentials(basic.token, 'form')
  // What decodes and encodes back was form-encoded, unless it is the same in every encoding.
  const isForm = decoded !== undefined && encodeBasicCredentials(decoded, 'form') === authorization
  return isForm
    ? decoded
    : (decodeBasicCredentials(basic.token, 'raw') ?? decodeBasicCredentials(basic.token, 'latin1'))
}

/** Credentials in the `Authorization` field. */
export interface BasicVariant {
  readonly encoding: BasicEncoding
  readonly credentials: SentCredentials
}

/** The same identifier and secret in the `Authorization` field, in every encoding but the one that was sent. */
export function otherBasicEncodings(sent: SentCredentials): BasicVariant[] {
  const secret = readSecret(sent)
  if (secret === undefined) return []
  const known = new Set([sent.headers['authorization']])
  return (['form', 'raw', 'latin1'] as const).flatMap((encoding) => {
    if (!canEncode(secret, encoding)) return []
    const authorization = encodeBasicCredentials(secret, encoding)
    if (known.has(authorization)) return []
    known.add(authorization)
    return [{ encoding, credentials: { headers: { authorization }, parameters: {} } }]
  })
}

/** Only form-encoding has room for a colon in the identifier, and ISO-8859-1 has few characters. */
function canEncode({ clientId, clientSecret }: BasicCredentials, encoding: BasicEncoding): boolean {
  if (encoding !== 'form' && clientId.includes(':')) return false
  return encoding !== 'latin1' || !/[^\u0000-\u00ff]/.test(clientId + clientSecret)
}
