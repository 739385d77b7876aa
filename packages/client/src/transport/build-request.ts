/** Step `transport`: builds the introspection request as HTTP (RFC 7662 §2.1). */
import {
  encodeIntrospectionRequest,
  FORM_MEDIA_TYPE,
  type TokenTypeHint,
  withoutQuery,
} from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { ClientAuthentication, RequestDraft } from './client-authentication/client-authentication.ts'
import type { Deadline } from './deadline.ts'
import type { SentCredentials } from './sent-credentials.ts'
import type { TransportRequest } from './transport.ts'

/** The parts of the question, without the token. */
export interface IntrospectionQuestion {
  readonly token: string
  /** The fingerprint of the token. */
  readonly fingerprint: string
  readonly tokenTypeHint: TokenTypeHint | undefined
  readonly parameters: Readonly<Record<string, string>> | undefined
}

/** The settings of the step. */
export interface RequestSettings {
  readonly clientAuthentication: ClientAuthentication
  readonly maxResponseBytes: number
  /** Header fields of every request, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The requested media type. */
  readonly accept: string
  /** The issuer, if the client knows it. */
  readonly issuer: string | undefined
  /** Notes what is sent, so that nothing shows what a server repeats of it. */
  readonly credentials?: SentCredentials | undefined
  /** Parameters of every request. Those of the question override them. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/**
 * Parameters that other options set. As extra parameters they would contradict the question, or add a second client
 * authentication (RFC 6749 §2.3).
 */
const RESERVED_PARAMETERS = new Set([
  'token',
  'token_type_hint',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
])

/**
 * Builds a POST with a form that requests JSON, uncompressed. There is no hint unless the caller gives one. It returns
 * without a promise, unless the client authentication has to fetch or sign something first.
 */
export function buildRequest(
  question: IntrospectionQuestion,
  endpoint: string,
  deadline: Deadline,
  settings: RequestSettings,
): MaybePromise<TransportRequest> {
  const draft = {
    endpoint,
    issuer: settings.issuer,
    headers: {
      ...settings.headers,
      accept: settings.accept,
      'accept-encoding': 'identity',
      'content-type': FORM_MEDIA_TYPE,
    } as Record<string, string>,
    parameters: { ...settings.parameters, ...checkParameters(question.parameters, 'parameters') },
  }
  const authenticating: unknown = settings.clientAuthentication.authenticate(draft)
  if (authenticating === undefined) return completeRequest(draft, question, deadline, settings)
  deadline.waitsFor = () =>
    `credentials (${settings.clientAuthentication.method}) for introspection at ${withoutQuery(endpoint)}`
  // The authentication must not outlast the call.
  return deadline.race(Promise.resolve(authenticating)).then(() => completeRequest(draft, question, deadline, settings))
}

/** The token comes last, so that no authentication method can replace it. */
function completeRequest(
  draft: RequestDraft,
  { token, fingerprint, tokenTypeHint, parameters }: IntrospectionQuestion,
  deadline: Deadline,
  settings: RequestSettings,
): MaybePromise<TransportRequest> {
  deadline.waitsFor = () => `introspection at ${withoutQuery(draft.endpoint)}`
  settings.credentials?.note(draft.headers, draft.parameters, { ...settings.parameters, ...parameters })
  const request: TransportRequest = {
    method: 'POST',
    url: draft.endpoint,
    headers: draft.headers,
    body: encodeIntrospectionRequest({ ...draft.parameters, token, token_type_hint: tokenTypeHint }),
    maxResponseBytes: settings.maxResponseBytes,
    cancellation: deadline,
    fingerprint,
  }
  return signRequest(request, deadline, settings)
}

/** What a signature needs. */
type SigningSettings = Pick<RequestSettings, 'clientAuthentication' | 'credentials'>

/** Adds the signature of the client authentication to a complete request, if the method makes one. */
export function signRequest(
  request: TransportRequest,
  deadline: Deadline,
  settings: SigningSettings,
): MaybePromise<TransportRequest> {
  return settings.clientAuthentication.signRequest === undefined ? request : addSignature(request, deadline, settings)
}

async function addSignature(
  request: TransportRequest,
  deadline: Deadline,
  { clientAuthentication, credentials }: SigningSettings,
): Promise<TransportRequest> {
  const { method, url, headers, body } = request
  const signing = clientAuthentication.signRequest?.({ method, url, headers: { ...headers }, body })
  const added = await deadline.race(Promise.resolve(signing))
  if (added !== undefined) credentials?.note(added, {})
  // The signed parts do not change. Only further fields are added.
  return { ...request, headers: { ...added, ...headers } }
}

/**
 * Copies extra parameters and checks that all of them may be sent.
 *
 * @param path - the path of the parameters, for the error message.
 * @throws TypeError that names a parameter that another option sets, or that is not a string.
 */
export function checkParameters(
  parameters: IntrospectionQuestion['parameters'],
  path: string,
): Readonly<Record<string, string>> | undefined {
  if (parameters === undefined) return undefined
  const extra = { ...parameters }
  for (const [name, value] of Object.entries<unknown>(extra)) {
    if (RESERVED_PARAMETERS.has(name)) throw new TypeError(`${path}.${name}: is set by another option`)
    if (typeof value !== 'string') throw new TypeError(`${path}.${name}: must be a string`)
  }
  return extra
}
