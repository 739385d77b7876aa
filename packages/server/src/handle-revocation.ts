/** SPINE: one revocation request in, one response out, as plain data. */
import type { UrlRules } from '@token-introspection/core'
import { authorizeRevocation } from './authorization/authorize-revocation.ts'
import { authenticateClient, type ClientAuthenticationStep } from './client-authentication/authenticate-client.ts'
import type { OAuthClient } from './client-authentication/oauth-client.ts'
import { requireFaultless } from './client-authentication/registered.ts'
import { type OnEvent, reportEvent, type RevocationHandlerEvent, stopwatch, toErrorEvent } from './events/events.ts'
import type { HttpRequest, HttpResponse } from './http/http-message.ts'
import { findRevocableToken, type LookupStep } from './lookup/find-token.ts'
import { parseTokenRequest, type RequestStep, readRequest } from './request/read-request.ts'
import { type ErrorResponseStep, writeErrorResponse } from './response/write-error-response.ts'
import { REVOKED_RESPONSE } from './response/write-response.ts'
import { type RevocationStep, revokeToken } from './revocation/revoke-token.ts'
import type { Warnings } from './events/warning-options.ts'

/** The resolved options of every step. */
export interface RevocationSteps {
  readonly request: RequestStep
  readonly clientAuthentication: ClientAuthenticationStep<OAuthClient>
  readonly lookup: LookupStep
  readonly revocation: RevocationStep
  readonly response: ErrorResponseStep
  readonly onEvent: OnEvent<RevocationHandlerEvent> | undefined
  readonly warnOfError: Warnings['warnOfError']
  /** Which URLs may use plain http. */
  readonly urlRules: UrlRules
}

/** Reads, authenticates, looks up, authorizes and revokes. Every error on the way becomes an error response. */
export async function handleRevocation(request: HttpRequest, steps: RevocationSteps): Promise<HttpResponse> {
  const elapsedMs = stopwatch(steps.onEvent)
  try {
    const received = await readRequest(request, steps.request)
    const client = await authenticateClient(received, steps.clientAuthentication)
    requireFaultless(client)
    const revocation = parseTokenRequest(received, steps.request)
    const found = await findRevocableToken(revocation, steps.lookup, request)
    const record = authorizeRevocation(client, found)
    const ended = await revokeToken(revocation.token, record, steps.revocation)
    reportEvent(
      steps.onEvent,
      (): RevocationHandlerEvent => ({ type: 'revoked', client: client.id, ended, durationMs: elapsedMs() }),
    )
    return REVOKED_RESPONSE
  } catch (error) {
    const response = writeErrorResponse(error, steps.response, request)
    reportEvent(steps.onEvent, () => toErrorEvent(error, response.status, elapsedMs()))
    steps.warnOfError?.(error, response.status)
    return response
  }
}
