/** Finds out why the endpoint refuses the credentials, by sending the same ones in another way. Other secrets are never tried. */
import type { CheckFailed } from '@token-introspection/client'
import { parseJwtPart, splitCompactJws } from '@token-introspection/core'
import type { ReceivedAnswer, SentRequest } from '../../connection/exchange.ts'
import type { Fault } from '../diagnosis.ts'
import { credentialsFaults as faults, type Refused } from '../faults/credentials-faults.ts'
import type { Patient } from '../patient/patient.ts'
import { findClockFault } from './find-clock-fault.ts'
import { credentialsIn, lastQuestion, parametersOf, vary } from './questions.ts'
import { isIntrospection, jsonOf, oauthErrorOf } from './read-answer.ts'
import { makeCredentials, otherBasicEncodings, readSecret, type SentCredentials } from './sent-credentials.ts'

/** The methods of the metadata that are named, at most. */
const MAX_METHODS = 10

/** The fault, if the endpoint refused the request. */
export async function findCredentialsFault(_: CheckFailed, patient: Patient): Promise<Fault | undefined> {
  const asked = lastQuestion(patient)
  if (asked?.answer === undefined || !isRefusal(asked.answer)) return undefined
  const { request, answer } = asked
  const refused = describeRefusal(request, answer, patient)
  return (
    (await findTwoMethods(request, refused, patient)) ??
    (await findHint(request, refused, patient)) ??
    (await findEncoding(request, refused, patient)) ??
    (await findMethod(request, refused, patient)) ??
    (await findAssertion(request, refused, patient)) ??
    findNamedMethods(refused, patient) ??
    (isNotPermitted(answer) ? faults.notPermitted(refused) : faults.refused(refused))
  )
}

function isRefusal({ status }: ReceivedAnswer): boolean {
  return status === 400 || status === 401 || status === 403
}

function isNotPermitted(answer: ReceivedAnswer): boolean {
  return (
    answer.status === 403 ||
    ['unauthorized_client', 'insufficient_scope', 'access_denied'].includes(oauthErrorOf(answer) ?? '')
  )
}

function describeRefusal(request: SentRequest, answer: ReceivedAnswer, { clientAuthentication }: Patient): Refused {
  const form = readSecret(credentialsIn(request))
  return {
    url: request.url,
    clientId: clientAuthentication?.clientId ?? form?.clientId,
    method: clientAuthentication?.method ?? 'the credentials of the client',
    said: [answer.status, oauthErrorOf(answer)].filter(Boolean).join(' '),
  }
}

/** Whether the endpoint answers the same question with these credentials. */
async function accepts(credentials: SentCredentials, request: SentRequest, patient: Patient): Promise<boolean> {
  return isIntrospection((await patient.probe(await vary(request, patient, { credentials })))?.answer)
}

async function findTwoMethods(request: SentRequest, refused: Refused, patient: Patient): Promise<Fault | undefined> {
  const { headers, parameters } = credentialsIn(request)
  const isInForm = parameters['client_secret'] !== undefined || parameters['client_assertion'] !== undefined
  if (headers['authorization'] === undefined || !isInForm) return undefined
  const isOneEnough =
    (await accepts({ headers, parameters: {} }, request, patient)) ||
    (await accepts({ headers: {}, parameters }, request, patient))
  return isOneEnough ? faults.twoMethods(refused) : undefined
}

async function findHint(request: SentRequest, refused: Refused, patient: Patient): Promise<Fault | undefined> {
  const hint = parametersOf(request)['token_type_hint']
  if (hint === undefined || !refused.said.startsWith('400')) return undefined
  const outcome = await patient.probe(await vary(request, patient, { hint: false }))
  return isIntrospection(outcome?.answer) ? faults.hintRefused(refused, hint) : undefined
}

async function findEncoding(request: SentRequest, refused: Refused, patient: Patient): Promise<Fault | undefined> {
  const sent = credentialsIn(request)
  if (sent.headers['authorization'] === undefined) return undefined
  for (const { encoding, credentials } of otherBasicEncodings(sent)) {
    if (await accepts(credentials, request, patient)) return faults.basicEncoding(refused, encoding)
  }
  return undefined
}

async function findMethod(request: SentRequest, refused: Refused, patient: Patient): Promise<Fault | undefined> {
  const sent = credentialsIn(request)
  const form = readSecret(sent)
  if (form === undefined) return undefined
  const { clientId, clientSecret } = form
  const byPost = { headers: {}, parameters: { client_id: clientId, client_secret: clientSecret } }
  if (sent.headers['authorization'] !== undefined) {
    return (await accepts(byPost, request, patient))
      ? faults.wrongMethod(refused, ['client_secret_post'], true)
      : undefined
  }
  for (const { credentials } of otherBasicEncodings(sent)) {
    if (await accepts(credentials, request, patient)) return faults.wrongMethod(refused, ['client_secret_basic'], true)
  }
  return undefined
}

/** Servers differ in the audience of assertions, and some want client_id beside them. */
async function findAssertion(request: SentRequest, refused: Refused, patient: Patient): Promise<Fault | undefined> {
  const sent = audienceIn(credentialsIn(request))
  if (sent === undefined) return undefined
  // An assertion is dated, so a wrong clock is the first cause.
  const clock = findClockFault(patient)
  if (clock !== undefined) return clock
  for (const wanted of audiencesOf(request, patient)) {
    if (wanted === sent) continue
    const credentials = await makeCredentials(patient.clientAuthentication, { endpoint: wanted, issuer: wanted })
    if (credentials === undefined || audienceIn(credentials) !== wanted) continue
    if (await accepts(credentials, request, patient)) return faults.assertionAudience(refused, sent, wanted)
  }
  return await findClientId(request, refused, patient)
}

async function findClientId(request: SentRequest, refused: Refused, patient: Patient): Promise<Fault | undefined> {
  const { clientAuthentication, issuer } = patient
  const credentials = await makeCredentials(clientAuthentication, { endpoint: request.url, issuer })
  const clientId = clientAuthentication?.clientId
  if (credentials === undefined || clientId === undefined || credentials.parameters['client_id'] !== undefined)
    return undefined
  const withId = { ...credentials, parameters: { ...credentials.parameters, client_id: clientId } }
  return (await accepts(withId, request, patient))
    ? faults.assertionForm(refused, 'with client_id beside it')
    : undefined
}

function audienceIn({ parameters }: SentCredentials): string | undefined {
  const parts = splitCompactJws(parameters['client_assertion'] ?? '')
  if (parts === undefined) return undefined
  try {
    const { aud } = parseJwtPart(parts.payload)
    return typeof aud === 'string' ? aud : undefined
  } catch {
    return undefined
  }
}

/**
 * The audiences that servers want. Those of the metadata count only at the origin of the endpoint: a server that names the endpoint of
 * another one there would get an assertion that it can use at that other one.
 */
function audiencesOf({ url }: SentRequest, patient: Patient): string[] {
  const { issuer, token_endpoint: tokenEndpoint } = metadataOf(patient)
  const { origin } = new URL(url)
  const isHere = (each: unknown): each is string =>
    typeof each === 'string' && URL.canParse(each) && new URL(each).origin === origin
  return [...(patient.issuer === undefined ? [] : [patient.issuer]), ...[issuer, url, tokenEndpoint].filter(isHere)]
}

function metadataOf({ exchanges }: Patient): Readonly<Record<string, unknown>> {
  return (
    jsonOf(exchanges.findLast(({ request, answer }) => request.method === 'GET' && answer?.status === 200)?.answer) ??
    {}
  )
}

/** The metadata may say which methods the endpoint takes. */
function findNamedMethods(refused: Refused, patient: Patient): Fault | undefined {
  const named = metadataOf(patient)['introspection_endpoint_auth_methods_supported']
  if (!Array.isArray(named) || named.length === 0 || named.includes(refused.method)) return undefined
  const methods = named.filter((each): each is string => typeof each === 'string' && /^\w{1,64}$/.test(each))
  return methods.length === 0 ? undefined : faults.wrongMethod(refused, methods.slice(0, MAX_METHODS), false)
}
