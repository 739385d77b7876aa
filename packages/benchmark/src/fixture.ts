/** What every variant is measured with: the same credentials, tokens and answer. */
import { createHash } from 'node:crypto'

export const ISSUER = 'https://as.example.com'
/** Letters and digits alone: some clients encode every other character, and then the credentials differ. */
export const CLIENT_ID = 'orders'
export const CLIENT_SECRET = 'kE3vQx7mT9bZ2hL5wR8y'
export const AUDIENCE = 'https://orders.example.com'
export const SUBJECT = 'user-7d1f0c52'

/** The `Authorization` value of the credentials. */
export const AUTHORIZATION = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`

/** How many calls are under way at once. */
export const CONCURRENCY = 16

/** How many tokens the calls rotate through. */
export const TOKEN_COUNT = 10_000

/** Opaque tokens of 43 characters, the same in every process. */
export function createTokens(count = TOKEN_COUNT): string[] {
  return Array.from({ length: count }, (_, index) => createHash('sha256').update(`token ${index}`).digest('base64url'))
}

/** The members of the answer besides `active` and `iss`; with these two about 350 octets of JSON. */
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

/** An extension claim, as real answers have them. */
export const EXTENSION_CLAIMS = { tenant: 'acme' }

/** The whole active answer as JSON, in the order our handler writes it. */
export function answerJson(): string {
  const { jti, acr, auth_time, ...members } = answerMembers()
  return JSON.stringify({ active: true, ...members, iss: ISSUER, jti, acr, auth_time, ...EXTENSION_CLAIMS })
}

/** Whether an answer is the one that had to come; nothing is measured that does not work. */
export function assertAnswer(answer: unknown): void {
  const { active, sub } = (answer ?? {}) as { active?: unknown; sub?: unknown }
  if (active !== true || sub !== SUBJECT) throw new Error('not the answer that was expected')
}
