/** The credentials, tokens and answer with which every variant is measured. */
import { createHash } from 'node:crypto'

export const ISSUER = 'https://as.example.com'
/** Only letters and digits, because some clients encode every other character, and then the credentials differ. */
export const CLIENT_ID = 'orders'
export const CLIENT_SECRET = 'kE3vQx7mT9bZ2hL5wR8y'
export const AUDIENCE = 'https://orders.example.com'
export const SUBJECT = 'user-7d1f0c52'

/** The value of `Authorization` with these credentials. */
export const AUTHORIZATION = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`

/** The number of calls that run at the same time. */
export const CONCURRENCY = 16

/** The number of tokens that the calls rotate through. */
export const TOKEN_COUNT = 10_000

/** Opaque tokens of 43 characters. They are the same in every process. */
export function createTokens(count = TOKEN_COUNT): string[] {
  return Array.from({ length: count }, (_, index) => createHash('sha256').update(`token ${index}`).digest('base64url'))
}

/** The members of the answer except `active` and `iss`. With these two it has about 350 octets of JSON. */
export function answerMembers() {
  const now = Math.floor(Date.now() / 1000)
  return {
    scope: 'orders:read orders:write',
    client_id: 'web-shop',
    username: 'alice',
    token_type: 'Bearer',
    exp: now + 86_400,
    iat: now - 60,
    nbf: now - 60,
    sub: SUBJECT,
    aud: AUDIENCE,
    jti: 'b7c1f0a2-5d7e',
    acr: 'urn:example:loa:2',
    auth_time: now - 120,
  }
}

/** An extension claim, because real answers have them. */
export const EXTENSION_CLAIMS = { tenant: 'acme' }

/** The active answer as JSON, in the member order of our handler. */
export function answerJson(): string {
  const { jti, acr, auth_time, ...members } = answerMembers()
  return JSON.stringify({ active: true, ...members, iss: ISSUER, jti, acr, auth_time, ...EXTENSION_CLAIMS })
}

/** Throws unless the answer is correct, so that the benchmark measures only variants that work. */
export function assertAnswer(answer: unknown): void {
  const { active, sub } = (answer ?? {}) as { active?: unknown; sub?: unknown }
  if (active !== true || sub !== SUBJECT) throw new Error('unexpected answer')
}
