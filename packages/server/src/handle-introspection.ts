/** SPINE: one introspection request in, one response out, as plain data. */
import type { UrlRules } from '@token-introspection/core'
import { atOnce, isPromise, type MaybePromise, type Settle } from '@token-introspection/core/maybe-promise'
import { type AuthorizationStep, authorizeDisclosure } from './authorization/authorize-disclosure.ts'
import { authenticateClient, type ClientAuthenticationStep } from './client-authentication/authenticate-client.ts'
import { requireFaultless } from './client-authentication/registered.ts'
import { type OnEvent, reportEvent, stopwatch, toErrorEvent, toIntrospectedEvent } from './events/events.ts'
import type { HttpRequest, HttpResponse } from './http/http-message.ts'
import { chargeBudget, type LimitsStep, requireBudget } from './limits/charge-budget.ts'
import { nameKeys } from './feed/name-keys.ts'
import { notePosition, type ProofStep } from './feed/note-position.ts'
import { confirmActive } from './lookup/confirm-active.ts'
import { findToken, type LookupStep } from './lookup/find-token.ts'
import { parseTokenRequest, type RequestStep, readRequest } from './request/read-request.ts'
import { type ShapeStep, shapeResponse } from './response/shape-response.ts'
import { type ErrorResponseStep, writeErrorResponse } from './response/write-error-response.ts'
import { writeResponse, type WriteStep } from './response/write-response.ts'
import type { Warnings } from './events/warning-options.ts'

/** The resolved options of every step. */
export interface Steps {
  readonly request: RequestStep
  readonly clientAuthentication: ClientAuthenticationStep
  readonly limits: LimitsStep
  readonly lookup: LookupStep
  /** Set when there is a log of revocations. */
  readonly feed: ProofStep | undefined
  readonly authorization: AuthorizationStep
  readonly response: ShapeStep & WriteStep & ErrorResponseStep
  readonly onEvent: OnEvent | undefined
  readonly warnOfError: Warnings['warnOfError']
  /** Which URLs may use plain http. */
  readonly urlRules: UrlRules
}

/**
 * Reads, authenticates, looks up, authorizes, charges, shapes and writes. If every step answers without a promise, it returns the
 * response, otherwise a promise of it. It never throws and never rejects.
 */
export function handleIntrospection(request: HttpRequest, steps: Steps): MaybePromise<HttpResponse> {
  return atOnce((settle) => answer(request, steps, settle))
}

/** Turns every error of a step into an error response. It awaits only steps that return a promise. */
async function answer(request: HttpRequest, steps: Steps, settle: Settle<HttpResponse>): Promise<HttpResponse> {
  const elapsedMs = stopwatch(steps.onEvent)
  try {
    const reading = readRequest(request, steps.request)
    const received = isPromise(reading) ? await reading : reading

    const authenticating = authenticateClient(received, steps.clientAuthentication)
    const protectedResource = isPromise(authenticating) ? await authenticating : authenticating
    requireFaultless(protectedResource)
    requireBudget(protectedResource, steps.limits)

    const noting = notePosition(received, steps.feed)
    const noted = isPromise(noting) ? await noting : noting

    const finding = findToken(parseTokenRequest(received, steps.request), steps.lookup, request)
    const found = isPromise(finding) ? await finding : finding

    const authorizing = authorizeDisclosure(protectedResource, found, steps.authorization)
    const authorized = isPromise(authorizing) ? await authorizing : authorizing

    const confirming = confirmActive(authorized, found, steps.lookup)
    const disclosure = isPromise(confirming) ? await confirming : confirming

    const charging = chargeBudget(protectedResource, disclosure, steps.limits)
    if (isPromise(charging)) await charging

    const shaping = shapeResponse(disclosure, protectedResource, steps.response)
    const shaped = isPromise(shaping) ? await shaping : shaping

    const naming = nameKeys(shaped, noted, found, steps.feed)
    const members = isPromise(naming) ? await naming : naming

    const writing = writeResponse(shaped, received, protectedResource, steps.response, members)
    const response = isPromise(writing) ? await writing : writing
    reportEvent(steps.onEvent, () => toIntrospectedEvent(protectedResource.id, found, disclosure, elapsedMs()))
    return settle(response)
  } catch (error) {
    const response = writeErrorResponse(error, steps.response, request)
    reportEvent(steps.onEvent, () => toErrorEvent(error, response.status, elapsedMs()))
    steps.warnOfError?.(error, response.status)
    return settle(response)
  }
}
