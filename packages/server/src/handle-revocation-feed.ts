/** SPINE: one question to the revocation feed in, a page or an event stream out, as plain data. */
import type { UrlRules } from '@token-introspection/core'
import { authenticateClient, type ClientAuthenticationStep } from './client-authentication/authenticate-client.ts'
import { requireFaultless } from './client-authentication/registered.ts'
import {
  type FollowedEvent,
  type OnEvent,
  reportEvent,
  type RevocationFeedEvent,
  stopwatch,
  toErrorEvent,
  toFollowedEvent,
} from './events/events.ts'
import type { Warnings } from './events/warning-options.ts'
import type { FeedStep } from './feed/feed-options.ts'
import { toJson } from './feed/feed-page.ts'
import { openStream } from './feed/open-stream.ts'
import { nameSecret, readPage } from './feed/read-page.ts'
import { waitForEvents } from './feed/wait-for-events.ts'
import type { HttpRequest, HttpResponse } from './http/http-message.ts'
import { parseFeedQuestion, readFeedRequest } from './request/read-feed-request.ts'
import type { RequestStep } from './request/read-request.ts'
import { type ErrorResponseStep, writeErrorResponse } from './response/write-error-response.ts'
import { writeFeedPage, writeFeedStream } from './response/write-response.ts'

/** The resolved options of every step. */
export interface RevocationFeedSteps {
  readonly request: RequestStep
  readonly clientAuthentication: ClientAuthenticationStep
  readonly feed: FeedStep
  readonly response: ErrorResponseStep
  readonly onEvent: OnEvent<RevocationFeedEvent> | undefined
  readonly warnOfError: Warnings['warnOfError']
  /** Which URLs may use plain http. */
  readonly urlRules: UrlRules
}

/** Reads, authenticates, reads the log, and waits or streams. Every error on the way becomes an error response. */
export async function handleRevocationFeed(request: HttpRequest, steps: RevocationFeedSteps): Promise<HttpResponse> {
  const elapsedMs = stopwatch(steps.onEvent)
  try {
    const received = await readFeedRequest(request, steps.request)
    const protectedResource = await authenticateClient(received, steps.clientAuthentication)
    requireFaultless(protectedResource)
    const question = parseFeedQuestion(received)
    const first = await readPage(question, steps.feed)
    const report = (about: Pick<FollowedEvent, 'events'> & Partial<FollowedEvent>): void =>
      reportEvent(steps.onEvent, () => toFollowedEvent(protectedResource.id, question, about, elapsedMs()))
    if (question.asStream) return writeFeedStream(openStream(first, protectedResource, steps.feed, report))
    const page = await waitForEvents(first, question, protectedResource, request, steps.feed)
    report({ events: page.events.length, gap: page.gap })
    return writeFeedPage(toJson(question.wantsKeyCheck ? await nameSecret(page, steps.feed) : page))
  } catch (error) {
    const response = writeErrorResponse(error, steps.response, request)
    reportEvent(steps.onEvent, () => toErrorEvent(error, response.status, elapsedMs()))
    steps.warnOfError?.(error, response.status)
    return response
  }
}
