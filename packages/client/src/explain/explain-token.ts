/** Explains step `token`: which token the request presents, and where. */
import { looksLikeJwt } from '../jwt/looks-like-jwt.ts'
import type { PresentedToken, TokenSources } from '../token/extract-token.ts'
import type { ExplainedToken } from './explanation.ts'
import { inactivityOf, refusalOf, type Run } from './run.ts'
import { ABSENT_DETAIL, MALFORMED_DETAIL, MALFORMED_REMEDY, sayPlaces } from '../token/say-presented.ts'

/** Explains the step. */
export function explainToken(run: Run): ExplainedToken {
  const { presented, notes, isTokenAlone, sources, failed } = run
  const durationMs = notes.durationOf('token')
  if (presented.kind !== 'token') {
    const nothing = {
      source: undefined,
      scheme: undefined,
      length: undefined,
      form: undefined,
      fingerprint: undefined,
      error: undefined,
    }
    return { step: 'token', ...explainAbsence(presented.kind, run), ...nothing, durationMs }
  }
  const { token, scheme, source } = presented
  const form = looksLikeJwt(token) ? 'jwt' : 'opaque'
  const where = isTokenAlone ? 'given' : placeOf(source, sources)
  const detail = `${form === 'jwt' ? 'a JWT' : 'an opaque token'} of ${token.length} characters, ${where}`
  const base = {
    step: 'token',
    source: isTokenAlone ? 'argument' : source,
    scheme,
    length: token.length,
    form,
    fingerprint: notes.fingerprint,
    durationMs,
  } as const
  const against = explainAgainst(run)
  if (against !== undefined) return { ...base, outcome: 'refused', ...against, error: undefined }
  if (failed?.step !== 'token') return { ...base, outcome: 'passed', detail, remedy: undefined, error: undefined }
  const { error } = failed
  return { ...base, outcome: 'failed', detail: error.message, remedy: undefined, error }
}

type Told = Pick<ExplainedToken, 'detail' | 'remedy'>

function explainAbsence(
  kind: Exclude<PresentedToken['kind'], 'token'>,
  { guard, sources }: Run,
): Told & Pick<ExplainedToken, 'outcome'> {
  if (kind === 'absent' && guard.optional) {
    return { outcome: 'passed', detail: 'no token, and the guard lets requests without one pass', remedy: undefined }
  }
  if (kind === 'absent') {
    return { outcome: 'refused', detail: ABSENT_DETAIL, remedy: sayPlaces(sources) }
  }
  if (kind === 'unread') {
    const detail = 'the form of the request is too long to look for a token in it'
    return { outcome: 'refused', detail, remedy: 'Send a shorter form, or the token in the Authorization field.' }
  }
  return { outcome: 'refused', detail: MALFORMED_DETAIL, remedy: MALFORMED_REMEDY }
}

function explainAgainst(run: Run): Told | undefined {
  const refusal = refusalOf(run)
  if (refusal?.reason === 'origin') {
    const remedy = 'If pages of that site may send the cookie, list it in token.cookie.allowedOrigins.'
    return { detail: run.cleaner.text(refusal.detail ?? 'the request comes from another site'), remedy }
  }
  if (refusal?.reason === 'token_too_long') {
    return { detail: refusal.error?.message ?? 'the token is too long', remedy: undefined }
  }
  if (run.notes.trace.source !== 'unasked') return undefined
  const inactivity = inactivityOf(run)
  if (inactivity === undefined) return undefined
  return { detail: inactivity.detail, remedy: UNASKED[inactivity.reason] }
}

const UNASKED: Readonly<Partial<Record<string, string>>> = {
  unpresentable: 'Send the token as the authorization server issued it.',
  with_scheme: 'Pass the token alone, without the scheme of the Authorization field.',
  unknown_issuer: 'Get the token from an issuer that combineIssuers knows, or add a client for its issuer.',
}

function placeOf(source: string, sources: TokenSources): string {
  if (source === 'header') return 'in the Authorization field'
  if (source === 'cookie') return `in the cookie ${sources.cookie?.name ?? ''}`.trim()
  return source === 'field' ? `in the field ${sources.fields.join(' or ')}` : `in the ${source}`
}
