/** Step `request` of the revocation feed: reads a question from the query of a GET, or from the form of a POST. */
import { chooseMediaType, Form, JSON_MEDIA_TYPE, RequestInvalidError } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { isRevocationPosition } from '@token-introspection/core/revocations'
import { RequestMethodError, RequestTooLargeError } from '../errors.ts'
import type { HttpRequest } from '../http/http-message.ts'
import { checkParameters, type ReceivedRequest, readRequest, type RequestStep } from './read-request.ts'

/** The methods of the endpoint. */
export const FEED_METHODS = 'GET, POST'

/** The media type of an event stream. */
const EVENT_STREAM = 'text/event-stream'

/** A question to the feed (docs/revocation-feed.md §3.1). */
export interface FeedQuestion {
  /** The position that the follower has applied last. `undefined` for a new follower. */
  readonly after: string | undefined
  /** Whether it begins with the oldest event. */
  readonly replay: boolean
  /** Whether the page is to say which secret the log has. */
  readonly wantsKeyCheck: boolean
  /** How long it waits for an event, in seconds. */
  readonly waitSeconds: number
  readonly asStream: boolean
}

/** Parameters with credentials. In a URL they would stand in logs. */
const CREDENTIALS = ['client_secret', 'client_assertion', 'client_assertion_type', 'access_token']

/** Checks method, media type and size, and then reads the parameters. */
export function readFeedRequest(request: HttpRequest, step: RequestStep): MaybePromise<ReceivedRequest> {
  if (request.method === 'POST') return readRequest(request, step)
  if (request.method !== 'GET') throw new RequestMethodError('the endpoint takes GET and POST only')
  const query = request.query?.() ?? ''
  if (query.length > step.maxBodyBytes) throw new RequestTooLargeError('the query is too long')
  const form = checkParameters(Form.parse(query, step.maxParameters), step)
  if (CREDENTIALS.some((name) => form.getAll(name).length > 0)) {
    throw new RequestInvalidError('credentials must not be in the URL')
  }
  return { authorization: request.header('authorization'), form, mediaType: undefined, http: request }
}

/**
 * Parses the question. It is called after the caller is authenticated.
 *
 * @throws RequestInvalidError when a parameter is malformed or repeated.
 */
export function parseFeedQuestion({ form, http }: ReceivedRequest): FeedQuestion {
  const after = form.get('after')
  const wait = form.get('wait') ?? '0'
  const replay = form.get('replay')
  const keyCheck = form.get('key_check')
  if (after !== undefined && !isRevocationPosition(after)) {
    throw new RequestInvalidError('the parameter "after" is not a position')
  }
  if (!/^\d{1,9}$/.test(wait)) throw new RequestInvalidError('the parameter "wait" is not a whole number of seconds')
  if (replay !== undefined && (replay !== '1' || after !== undefined)) {
    throw new RequestInvalidError('the parameter "replay" is 1, without "after"')
  }
  if (keyCheck !== undefined && keyCheck !== '1') throw new RequestInvalidError('the parameter "key_check" is 1')
  return {
    after,
    wantsKeyCheck: keyCheck !== undefined,
    replay: replay !== undefined,
    waitSeconds: Number(wait),
    asStream:
      http.canStream !== false &&
      chooseMediaType(http.header('accept'), [JSON_MEDIA_TYPE, EVENT_STREAM]) === EVENT_STREAM,
  }
}
