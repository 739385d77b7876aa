/** Explains step `jwt`: what option group `jwt` says about a token. */
import { isIntrospectionError } from '@token-introspection/core'
import { looksLikeJwt } from '../jwt/looks-like-jwt.ts'
import { parseJwt, type ParsedJwt } from '../jwt/parse-jwt.ts'
import type { ExplainedJwt } from './explanation.ts'
import { inactivityOf, type Run } from './run.ts'

/** Explains the step. */
export function explainJwt(run: Run): ExplainedJwt {
  const { steps, token, notes, cleaner } = run
  const jwt = steps?.jwt
  const isJwt = token !== undefined && looksLikeJwt(token)
  const parsed = isJwt ? parseOrNot(token) : undefined
  const header = parsed && {
    ...Object.fromEntries(['alg', 'typ', 'kid'].map((name) => [name, cleaner.value(parsed.header[name])])),
    iss: cleaner.value(parsed.claims['iss']),
  }
  const isEnough = notes.trace.source === 'local' && notes.result?.active === true
  const base = { step: 'jwt', isOn: jwt !== undefined, isEnough, header, durationMs: notes.durationOf('jwt') } as const
  const skipped = {
    ...base,
    outcome: 'skipped',
    inactiveReason: undefined,
    remedy: undefined,
    error: undefined,
  } as const
  if (run.failed?.step === 'jwt') {
    const { error } = run.failed
    return { ...base, outcome: 'failed', detail: error.message, remedy: undefined, inactiveReason: undefined, error }
  }
  if (!run.wasAsked) return { ...skipped, detail: 'the token was not looked at' }
  if (jwt === undefined) {
    return { ...skipped, detail: isJwt ? 'option group jwt is off, so the server is asked about JWTs' : 'off' }
  }
  if (notes.trace.source === 'cache') return { ...skipped, detail: 'the cache has answered' }
  if (notes.trace.source === 'local' && notes.result?.active === false) {
    const inactivity = inactivityOf(run)
    const { reason, detail = 'the JWT is not accepted' } = inactivity ?? {}
    return { ...base, outcome: 'refused', detail, remedy: undefined, inactiveReason: reason, error: undefined }
  }
  if (!isJwt) return { ...skipped, detail: 'the token is opaque, so the server is asked' }
  const detail = isEnough
    ? 'the JWT is good and signed by its issuer, which is enough'
    : 'the JWT is good so far, and the server is asked as well'
  return { ...base, outcome: 'passed', detail, remedy: undefined, inactiveReason: undefined, error: undefined }
}

function parseOrNot(token: string): ParsedJwt | undefined {
  try {
    return parseJwt(token)
  } catch (error) {
    if (isIntrospectionError(error)) return undefined
    throw error
  }
}
