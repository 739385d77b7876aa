/** Step `clientAuthentication`: who is asking? Nothing about a token is touched before this is known (RFC 7662 §2.1, §4). */
import { type BasicCredentials, parseAuthorization, RequestInvalidError } from '@token-introspection/core'
import { ClientAuthenticationFailedError, ClientAuthenticationRegistryError } from '../errors.ts'
import { isPromise } from '../maybe-promise.ts'
import type { ReceivedRequest } from '../request/read-request.ts'
import { type AcceptedBasicEncoding, readClientSecretBasic } from './client-secret-basic.ts'
import { readClientSecretPost } from './client-secret-post.ts'
import type { ProtectedResource } from './protected-resource.ts'
import type { FindRegistered, Registered } from './registered.ts'
import { verifyClientSecret } from './verify-client-secret.ts'

/** The client authentication methods this endpoint has, by their registered names. */
export const CLIENT_AUTHENTICATION_METHODS = ['client_secret_basic', 'client_secret_post'] as const

/** A registered name of a client authentication method (RFC 7591 §2). */
export type ClientAuthenticationMethod = (typeof CLIENT_AUTHENTICATION_METHODS)[number]

/** What the step needs. */
export interface ClientAuthenticationStep<Caller extends Registered = ProtectedResource> {
  readonly findRegistered: FindRegistered<Caller>
  readonly methods: ReadonlySet<ClientAuthenticationMethod>
  readonly basicEncoding: AcceptedBasicEncoding
}

/** The protected resource or client behind a request, by exactly one authentication method (RFC 6749 §2.3). */
export async function authenticateClient<Caller extends Registered>(
  received: ReceivedRequest,
  step: ClientAuthenticationStep<Caller>,
): Promise<Caller> {
  for (const credentials of readCredentials(received, step)) {
    let caller: Caller | undefined | null
    try {
      const finding = step.findRegistered(credentials.clientId)
      caller = isPromise(finding) ? await finding : finding
    } catch (cause) {
      throw new ClientAuthenticationRegistryError('the registry of callers failed', { cause })
    }
    const verifying = verifyClientSecret(caller, credentials.clientSecret)
    if (isPromise(verifying) ? await verifying : verifying) return caller as Caller
  }
  throw new ClientAuthenticationFailedError('the credentials are not those of a registered caller')
}

function readCredentials(
  received: ReceivedRequest,
  step: Pick<ClientAuthenticationStep, 'methods' | 'basicEncoding'>,
): BasicCredentials[] {
  const { authorization, form } = received
  const post = readClientSecretPost(form)
  const assertion = form.get('client_assertion')
  const clientId = form.get('client_id')
  if (authorization === undefined) {
    if (post === undefined || assertion !== undefined || !step.methods.has('client_secret_post')) throw noCredentials()
    return [post]
  }
  if (assertion !== undefined) throw new ClientAuthenticationFailedError('more than one client authentication method')
  if (post !== undefined) throw new RequestInvalidError('more than one client authentication method')
  const credentials = parseAuthorization(authorization)
  if (credentials?.scheme !== 'basic' || !step.methods.has('client_secret_basic')) throw noCredentials()
  const readings = readClientSecretBasic(credentials.token, step.basicEncoding)
  // A client_id alone is no credential; beside Basic it may stand when it says the same.
  if (clientId !== undefined && readings.length > 0 && readings.every((reading) => reading.clientId !== clientId)) {
    throw new RequestInvalidError('client_id differs from the identifier in the Authorization field')
  }
  return readings
}

function noCredentials(): ClientAuthenticationFailedError {
  return new ClientAuthenticationFailedError('no credentials of a method this endpoint takes')
}
