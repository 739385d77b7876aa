/** SPINE: one request of a client in, the client and its form out, or the response that refuses it. */
import { type Form, RequestInvalidError, type UrlRules } from '@token-introspection/core'
import { authenticateClient, type ClientAuthenticationStep } from './client-authentication/authenticate-client.ts'
import type { OAuthClient } from './client-authentication/oauth-client.ts'
import { requireFaultless } from './client-authentication/registered.ts'
import { type ClientAuthenticatorEvent, type OnEvent, reportEvent, stopwatch, toErrorEvent } from './events/events.ts'
import type { Warnings } from './events/warning-options.ts'
import type { HttpRequest, HttpResponse } from './http/http-message.ts'
import { type ReceivedRequest, type RequestStep, readRequest } from './request/read-request.ts'
import { type ErrorResponseStep, writeErrorResponse } from './response/write-error-response.ts'

/** The resolved options of every step. */
export interface AuthenticationSteps {
  readonly request: RequestStep
  readonly clientAuthentication: ClientAuthenticationStep<OAuthClient>
  readonly response: ErrorResponseStep
  readonly onEvent: OnEvent<ClientAuthenticatorEvent> | undefined
  readonly warnOfError: Warnings['warnOfError']
  /** Which URLs may use plain http. */
  readonly urlRules: UrlRules
}

/** The client has authenticated. */
export interface AuthenticatedRequest {
  readonly authenticated: true
  readonly client: OAuthClient
  /** The parameters of the request. Each occurs at most once, except `resource` and `audience`: read these by `getAll`. */
  readonly form: Form
}

/** The client has not authenticated, or the request cannot be read. */
export interface RefusedRequest {
  readonly authenticated: false
  /** Why. Its `code` is `ERR_CLIENT_AUTHENTICATION_MISSING` when the request has no credentials. */
  readonly error: unknown
  /** The response that says so, in the form of RFC 6749 §5.2. */
  readonly response: HttpResponse
  /** The parameters of the request, if it could be read. Nothing has shown who sent them. */
  readonly form: Form | undefined
}

/** Reads the form and authenticates the client. It never rejects: every error on the way becomes a refusal. */
export async function authenticateRequest(
  request: HttpRequest,
  steps: AuthenticationSteps,
): Promise<AuthenticatedRequest | RefusedRequest> {
  const elapsedMs = stopwatch(steps.onEvent)
  let received: ReceivedRequest | undefined
  try {
    received = await readRequest(request, steps.request)
    requireSingle(received.form)
    const client = await authenticateClient(received, steps.clientAuthentication)
    requireFaultless(client)
    return { authenticated: true, client, form: received.form }
  } catch (error) {
    const response = writeErrorResponse(error, steps.response, request)
    reportEvent(steps.onEvent, () => toErrorEvent(error, response.status, elapsedMs()))
    steps.warnOfError?.(error, response.status)
    return { authenticated: false, error, response, form: received?.form }
  }
}

/** The parameters that may occur several times (RFC 8707 §2, RFC 8693 §2.1). */
const REPEATABLE: readonly string[] = ['resource', 'audience']

/** @throws RequestInvalidError when another parameter occurs twice (RFC 6749 §3.2), before the application reads the form. */
function requireSingle(form: Form): void {
  for (const name of form.names()) {
    // The name is not repeated in the message, because the caller chooses it.
    if (form.getAll(name).length > 1 && !REPEATABLE.includes(name))
      throw new RequestInvalidError('a parameter is repeated')
  }
}
