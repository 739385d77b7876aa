/** Finds out why the authorization server calls a token inactive that should be good. The answer itself does not say it. */
import type { Explanation } from '@token-introspection/client'
import type { ReceivedAnswer, SentRequest } from '../../connection/exchange.ts'
import { relativeTime } from '../../terminal/relative-time.ts'
import type { Fault } from '../diagnosis.ts'
import { realmOf } from '../faults/metadata-faults.ts'
import { tokenFaults as faults } from '../faults/token-faults.ts'
import type { Patient } from '../patient/patient.ts'
import { compareIssuers } from './compare-issuers.ts'
import { stepOf } from './explained-steps.ts'
import { lastQuestion, parametersOf, vary } from './questions.ts'
import { activeIn, jsonOf } from './read-answer.ts'
import { NO_CREDENTIALS } from './sent-credentials.ts'
import { readTokenClaims, type TokenClaims } from './token-claims.ts'

/** The likeliest fault. */
export async function findInactiveFault(token: string, explanation: Explanation, patient: Patient): Promise<Fault> {
  const response = stepOf(explanation, 'response')
  if (response.error !== undefined) return unusableFault(response, patient)
  if (response.inactiveReason === 'expired') return faults.expired(response.detail)
  if (response.inactiveReason === 'unsupported_token_type') return faults.unsupported()
  const claims = readTokenClaims(token)
  return (
    (claims && findClaimedFault(claims, patient)) ??
    (await findHintFault(token, patient)) ??
    (claims && audienceFault(claims, patient)) ??
    (await findUncheckedCredentials(patient)) ??
    faults.unknown(issuerOf(patient), claims === undefined ? undefined : DECODE)
  )
}

/** Decodes the claims of a JWT from standard input, so that the token is in no history. */
const DECODE = `cut -d. -f2 token | tr '_-' '/+' | base64 -d 2>/dev/null`

function issuerOf({ issuer, endpoint }: Patient): string {
  return issuer ?? endpoint ?? 'the authorization server'
}

/** An active answer that the client does not trust: from another issuer, or issued in the future. */
function unusableFault(response: ReturnType<typeof stepOf<'response'>>, patient: Patient): Fault {
  const { iss: named, scope } = jsonOf(lastQuestion(patient)?.answer) ?? {}
  const { issuer } = patient
  if (issuer !== undefined && typeof named === 'string' && URL.canParse(named) && named !== issuer) {
    return issuerFault(issuer, named)
  }
  if (Array.isArray(scope) && response.tolerable.includes('scopeAsArray')) return faults.scopeArray()
  return faults.unusable(response.error?.message ?? response.detail, response.remedy)
}

function issuerFault(issuer: string, named: string): Fault {
  if (compareIssuers(issuer, named) !== 'other') return faults.issuerSplit(issuer, named)
  return new URL(issuer).origin === new URL(named).origin
    ? faults.wrongRealm(issuer, named)
    : faults.otherIssuer(issuer, named)
}

/** What the token says about itself, when it is a JWT. */
function findClaimedFault(claims: TokenClaims, { issuer, now }: Patient): Fault | undefined {
  if (claims.kind === 'refresh_token') return faults.refreshToken(claims.saidKind)
  if (claims.kind === 'other') return faults.otherKind(claims.saidKind)
  if (issuer !== undefined && claims.issuer !== undefined && claims.issuer !== issuer)
    return issuerFault(issuer, claims.issuer)
  const { expiresAt } = claims
  if (expiresAt === undefined || expiresAt * 1000 > now()) return undefined
  return faults.expired(`its exp was ${relativeTime(expiresAt, now())}`)
}

async function findHintFault(token: string, patient: Patient): Promise<Fault | undefined> {
  const asked = lastQuestion(patient)
  if (asked === undefined) return undefined
  const sent = parametersOf(asked.request)['token_type_hint']
  const ask = async (hint: string | false): Promise<ReceivedAnswer | undefined> =>
    (await patient.probe(await vary(asked.request, patient, { token, hint })))?.answer
  if (sent !== undefined) return activeIn(await ask(false)) === true ? faults.hintHides(sent) : undefined
  if (activeIn(await ask('refresh_token')) === true) {
    return faults.refreshToken('it is active only with token_type_hint refresh_token')
  }
  return activeIn(await ask('access_token')) === true ? faults.hintNeeded('access_token') : undefined
}

/** Nothing else explains it, so the audience of the JWT may. */
function audienceFault({ audiences }: TokenClaims, patient: Patient): Fault | undefined {
  const { issuer, clientAuthentication, policy } = patient
  const wanted = [clientAuthentication?.clientId, ...[policy.audience || []].flat()].filter(
    (each) => each !== undefined,
  )
  const [caller] = wanted
  if (caller === undefined || audiences.some((each) => wanted.includes(each))) return undefined
  const isKeycloak = issuer !== undefined && realmOf(issuer) !== undefined
  return audiences.length === 0
    ? faults.noAudience(caller, isKeycloak, false)
    : faults.notInAudience(caller, audiences, isKeycloak)
}

async function findUncheckedCredentials(patient: Patient): Promise<Fault | undefined> {
  const asked = lastQuestion(patient)
  if (asked === undefined || patient.clientAuthentication?.method === 'none') return undefined
  const request: SentRequest = await vary(asked.request, patient, { credentials: NO_CREDENTIALS })
  const outcome = await patient.probe(request)
  return activeIn(outcome?.answer) === false ? faults.credentialsUnchecked(request.url) : undefined
}
