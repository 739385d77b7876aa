/** Requests like those of the client, each with one difference. */
import { randomBytes } from 'node:crypto'
import { encodeForm } from '@token-introspection/core'
import type { Exchange, SentRequest } from '../../connection/exchange.ts'
import { makeCredentials, type SentCredentials } from './sent-credentials.ts'
import type { Patient } from '../patient/patient.ts'

/** What differs from the request of the client. */
export interface Difference {
  readonly token?: string | undefined
  /** `false` sends no hint. */
  readonly hint?: string | false | undefined
  readonly credentials?: SentCredentials | undefined
  readonly userAgent?: string | undefined
  readonly url?: string | undefined
}

/** Parameters that are made anew for each request. */
const OWN_PARAMETERS = [
  'token',
  'token_type_hint',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
]

/** The last introspection request of the client. */
export function lastQuestion({ exchanges }: Patient): Exchange | undefined {
  return exchanges.findLast(({ request }) => request.method === 'POST')
}

/** The parameters of a form. */
export function parametersOf({ body }: SentRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body))
}

/** The credentials of a request. */
export function credentialsIn(request: SentRequest): SentCredentials {
  const { authorization } = request.headers
  const { client_id, client_secret, client_assertion, client_assertion_type } = parametersOf(request)
  const parameters = { client_id, client_secret, client_assertion, client_assertion_type }
  return {
    headers: authorization === undefined ? {} : { authorization },
    parameters: Object.fromEntries(
      Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  }
}

/** The request of the client about a token that nobody has issued, or about another one, with a difference. */
export async function vary(asked: SentRequest, patient: Patient, difference: Difference = {}): Promise<SentRequest> {
  const { token = madeUpToken(), hint = patient.hint, userAgent, url = asked.url } = difference
  const credentials =
    difference.credentials ??
    (await makeCredentials(patient.clientAuthentication, { endpoint: asked.url, issuer: patient.issuer })) ??
    credentialsIn(asked)
  const others = Object.entries(parametersOf(asked)).filter(([name]) => !OWN_PARAMETERS.includes(name))
  const { authorization: _, ...headers } = asked.headers
  return {
    method: 'POST',
    url,
    headers: { ...headers, ...credentials.headers, ...(userAgent !== undefined && { 'user-agent': userAgent }) },
    body: encodeForm(
      Object.entries({
        ...Object.fromEntries(others),
        ...credentials.parameters,
        token,
        ...(hint !== false && hint !== undefined && { token_type_hint: hint }),
      }),
    ),
  }
}

function madeUpToken(): string {
  return randomBytes(32).toString('base64url')
}
