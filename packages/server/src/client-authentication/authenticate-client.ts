/** Step `clientAuthentication`: who is the caller? The handler touches no token before it knows (RFC 7662 §2.1, §4). */
import { type BasicCredentials, parseAuthorization, RequestInvalidError } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { askDependency } from '../dependencies/ask-dependency.ts'
import {
  ClientAuthenticationFailedError,
  ClientAuthenticationMissingError,
  ClientAuthenticationRegistryError,
  isIntrospectionError,
} from '../errors.ts'
import type { HttpRequest } from '../http/http-message.ts'
import type { ReceivedRequest } from '../request/read-request.ts'
import { type AccessTokenMethodStep, authenticateByAccessToken } from './access-token.ts'
import { ATTESTATION_FIELD, type AttestationStep, PROOF_FIELD } from './attestation/attestation-options.ts'
import type { AttestationMethodStep } from './attestation/authenticate-by-attestation.ts'
import { type AssertionMethodStep, authenticateByAssertion } from './authenticate-by-assertion.ts'
import { authenticateByCertificate, type CertificateStep } from './authenticate-by-certificate.ts'
import { authenticateBySecret, type SecretStep } from './authenticate-by-secret.ts'
import type { TokenScheme } from './challenges.ts'
import type { ClientAuthenticationMethod } from './client-authentication-method.ts'
import { refuseCredentials } from './complaint.ts'
import { explainBasic, readClientSecretBasic } from './client-secret-basic.ts'
import { readClientSecretPost } from './client-secret-post.ts'
import { findRegistered } from './find-registered.ts'
import type { ProtectedResource } from './protected-resource.ts'
import { mayUse, type Registered } from './registered.ts'

/**
 * A method of your own. Verify your credentials in the request and return the identifier of the caller. Return `undefined`
 * when the request has no such credentials. The caller must still be registered.
 *
 * @throws ClientAuthenticationFailedError for wrong credentials. Any other error is answered 503.
 */
export type AuthenticateCustom = (request: ReceivedRequest) => MaybePromise<string | undefined>

/** The resolved options of the step. */
export interface ClientAuthenticationStep<Caller extends Registered = ProtectedResource>
  extends SecretStep<Caller>,
    AssertionMethodStep<Caller>,
    CertificateStep<Caller>,
    AttestationMethodStep<Caller>,
    AccessTokenMethodStep<Caller> {
  readonly methods: ReadonlySet<ClientAuthenticationMethod>
  /** Set when the endpoint has the method `attest_jwt_client_auth`. */
  readonly attestation: AttestationStep | undefined
  readonly custom: AuthenticateCustom | undefined
  /** The address by which failures are counted. */
  readonly remoteAddress: (request: HttpRequest) => string | undefined
}

/** The mechanism of a request, judged by its form only. */
type Presented =
  | { readonly by: 'basic'; readonly authorization: string }
  | { readonly by: 'access-token'; readonly scheme: TokenScheme; readonly token: string }
  | { readonly by: 'post'; readonly credentials: BasicCredentials }
  | { readonly by: 'assertion'; readonly jwt: string }
  | { readonly by: 'attestation'; readonly rules: AttestationStep }
  | { readonly by: 'certificate'; readonly clientId: string }

/** Authenticates the protected resource or client behind a request, by exactly one method (RFC 6749 §2.3). */
export function authenticateClient<Caller extends Registered>(
  received: ReceivedRequest,
  step: ClientAuthenticationStep<Caller>,
): MaybePromise<Caller> {
  if (step.custom !== undefined) return authenticateCustomOrPresented(received, step.custom, step)
  const presented = readPresented(received, step)
  if (presented === undefined) throw new ClientAuthenticationMissingError('no credentials')
  return authenticatePresented(presented, received, step)
}

function authenticatePresented<Caller extends Registered>(
  presented: Presented,
  received: ReceivedRequest,
  step: ClientAuthenticationStep<Caller>,
): MaybePromise<Caller> {
  switch (presented.by) {
    case 'basic':
      return authenticateBasic(presented.authorization, received, step)
    case 'post':
      return authenticatePost(presented.credentials, received, step)
    case 'assertion':
      return authenticateByAssertion(received, presented.jwt, step)
    case 'attestation':
      return authenticateAttested(presented.rules, received, step)
    case 'certificate':
      return authenticateByCertificate(received.http, presented.clientId, step)
    default:
      if (step.accessToken === undefined || !step.methods.has(presented.scheme)) {
        throw notTaken(`an access token by ${presented.scheme}`, step.methods)
      }
      return authenticateByAccessToken(received, presented.token, presented.scheme, step.accessToken, step)
  }
}

/** What says which mechanisms count. */
type PresentableStep = Pick<ClientAuthenticationStep, 'attestation' | 'methods'>

/** Whether a request has a field of an attestation. Without the method the fields do not count. */
function isAttested(http: HttpRequest, attestation: AttestationStep | undefined): boolean {
  if (attestation === undefined) return false
  return http.header(ATTESTATION_FIELD) !== undefined || http.header(PROOF_FIELD) !== undefined
}

/** The one mechanism of a request, or `undefined`. A certificate beside another one does not count (RFC 8705 §2). */
function readPresented(
  { authorization, form, http }: ReceivedRequest,
  { attestation, methods }: PresentableStep,
): Presented | undefined {
  const jwt = form.get('client_assertion')
  const credentials = readClientSecretPost(form)
  const attested = isAttested(http, attestation)
  const mechanisms =
    Number(authorization !== undefined) +
    Number(jwt !== undefined) +
    Number(credentials !== undefined) +
    Number(attested)
  if (mechanisms > 1) {
    // RFC 7521 §4.2.1 takes precedence over RFC 6749 §5.2: with an assertion the error is a failed authentication.
    if (jwt === undefined) throw new RequestInvalidError('more than one client authentication method')
    throw refuseCredentials('credentials', {
      rule: 'method',
      got: `client_assertion beside ${authorization === undefined ? 'other credentials' : 'an Authorization field'}`,
      expected: 'one client authentication method (RFC 7521 §4.2.1)',
      remedy: 'Make the caller send one of them alone',
    })
  }
  if (authorization !== undefined) return readAuthorization(authorization, methods)
  if (jwt !== undefined) return { by: 'assertion', jwt }
  if (credentials !== undefined) return { by: 'post', credentials }
  if (attested && attestation !== undefined) return { by: 'attestation', rules: attestation }
  const clientId = form.get('client_id')
  const takesCertificates = methods.has('tls_client_auth') || methods.has('self_signed_tls_client_auth')
  return clientId !== undefined && takesCertificates ? { by: 'certificate', clientId } : undefined
}

function readAuthorization(authorization: string, methods: ReadonlySet<ClientAuthenticationMethod>): Presented {
  // The usual spelling. The rest of the value is parsed only when it is not remembered.
  if (authorization.startsWith('Basic ')) return { by: 'basic', authorization }
  const credentials = parseAuthorization(authorization)
  switch (credentials?.scheme) {
    case 'basic':
      return { by: 'basic', authorization }
    case 'bearer':
      return { by: 'access-token', scheme: 'Bearer', token: credentials.token }
    case 'dpop':
      return { by: 'access-token', scheme: 'DPoP', token: credentials.token }
    default:
      // The message does not quote the value, because it may be a secret without a scheme.
      throw notTaken('an Authorization field of another scheme or form', methods)
  }
}

function authenticateBasic<Caller extends Registered>(
  authorization: string,
  { form, http }: ReceivedRequest,
  step: ClientAuthenticationStep<Caller>,
): MaybePromise<Caller> {
  if (!step.methods.has('client_secret_basic')) throw notTaken('client_secret_basic', step.methods)
  const besideId = form.get('client_id')
  return authenticateBySecret(
    {
      method: 'client_secret_basic',
      presentation: authorization,
      besideId,
      address: () => step.remoteAddress(http),
      read() {
        const credentials = parseAuthorization(authorization)
        if (credentials === undefined) throw notTaken('Basic without one text of base64', step.methods)
        const readings = readClientSecretBasic(credentials.token)
        // A client_id proves nothing. Beside Basic it may occur with the same value.
        if (besideId !== undefined && readings.length > 0 && readings.every(({ clientId }) => clientId !== besideId)) {
          throw new RequestInvalidError('client_id differs from the identifier in the Authorization field')
        }
        return readings
      },
      explain: () => explainBasic(parseAuthorization(authorization)?.token ?? ''),
    },
    step,
  )
}

function authenticatePost<Caller extends Registered>(
  credentials: BasicCredentials,
  { http }: ReceivedRequest,
  step: ClientAuthenticationStep<Caller>,
): MaybePromise<Caller> {
  if (!step.methods.has('client_secret_post')) throw notTaken('client_secret_post', step.methods)
  const { clientId, clientSecret } = credentials
  return authenticateBySecret(
    {
      method: 'client_secret_post',
      // The length comes first, so that no two pairs make the same text.
      presentation: `${clientId.length} ${clientId} ${clientSecret}`,
      besideId: undefined,
      address: () => step.remoteAddress(http),
      read: () => [{ ...credentials, encoding: 'any' }],
      explain: undefined,
    },
    step,
  )
}

/** The verification is loaded with the first attestation, because most endpoints never get one. */
async function authenticateAttested<Caller extends Registered>(
  rules: AttestationStep,
  received: ReceivedRequest,
  step: ClientAuthenticationStep<Caller>,
): Promise<Caller> {
  const { authenticateByAttestation } = await import('./attestation/authenticate-by-attestation.ts')
  return await authenticateByAttestation(received, rules, step)
}

async function authenticateCustomOrPresented<Caller extends Registered>(
  received: ReceivedRequest,
  custom: AuthenticateCustom,
  step: ClientAuthenticationStep<Caller>,
): Promise<Caller> {
  const id = await askDependency(
    () => custom(received),
    step.timeoutMs,
    (cause) =>
      isIntrospectionError(cause)
        ? cause
        : new ClientAuthenticationRegistryError(
            'clientAuthentication.custom threw or took longer than timeoutMs; the cause of the event says which',
            { cause },
          ),
  )
  // A function in plain JavaScript may return `null`, or a value of any type.
  if (id === undefined || (id as unknown) === null) {
    const presented = readPresented(received, step)
    if (presented === undefined) throw new ClientAuthenticationMissingError('no credentials')
    return authenticatePresented(presented, received, step)
  }
  if (typeof id !== 'string' || id === '') {
    throw new ClientAuthenticationRegistryError(
      `clientAuthentication.custom returned ${describe(id)}: return the identifier of the caller, or undefined`,
    )
  }
  if (presentsAnother(received, step)) throw new RequestInvalidError('more than one client authentication method')
  const caller = await findRegistered(id, step)
  if (!caller || !mayUse(caller, 'custom')) throw new ClientAuthenticationFailedError('the caller is not registered')
  return caller
}

function describe(value: unknown): string {
  return value === '' ? 'an empty string' : `a value of type ${typeof value}`
}

/** Only the methods of this endpoint count. The custom method may read any other credentials. */
function presentsAnother(
  { authorization, form, http }: ReceivedRequest,
  { attestation, methods }: PresentableStep,
): boolean {
  if (isAttested(http, attestation)) return true
  if (methods.has('client_secret_post') && form.get('client_secret') !== undefined) return true
  const takesAssertions = methods.has('private_key_jwt') || methods.has('client_secret_jwt')
  if (takesAssertions && form.get('client_assertion') !== undefined) return true
  const scheme = authorization === undefined ? undefined : parseAuthorization(authorization)?.scheme
  return (
    (scheme === 'basic' && methods.has('client_secret_basic')) ||
    (scheme === 'bearer' && methods.has('Bearer')) ||
    (scheme === 'dpop' && methods.has('DPoP'))
  )
}

function notTaken(got: string, methods: ReadonlySet<ClientAuthenticationMethod>): ClientAuthenticationFailedError {
  return refuseCredentials('credentials', {
    rule: 'method',
    got,
    expected: `a method of this endpoint: ${[...methods].join(', ')}`,
    remedy: 'Change the method at the caller, or list it in clientAuthentication.methods',
  })
}
