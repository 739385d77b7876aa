/** Builds a question to a revocation feed (docs/revocation-feed.md §3.1). */
import { encodeForm, FORM_MEDIA_TYPE } from '@token-introspection/core'
import { MAX_PAGE_BYTES } from '@token-introspection/core/revocations'
import { signRequest } from '../transport/build-request.ts'
import type { Deadline } from '../transport/deadline.ts'
import type { TransportRequest } from '../transport/transport.ts'
import type { TransportStep } from '../transport/transport-step.ts'
import { REPLAY } from './feed-reply.ts'

/** The question. */
export interface FeedQuestion {
  /** The position after which events are wanted; `undefined` for the last position. */
  readonly after: string | typeof REPLAY | undefined
  /** Whether the page is to say which secret the log has. */
  readonly wantsKeyCheck?: boolean | undefined
  /** How many seconds the server may wait for an event. */
  readonly waitSeconds?: number | undefined
  /** The media types that can be read. */
  readonly accept: string
}

/**
 * Builds a GET with the parameters in the query. If the client authentication has parameters of its own, all are in the
 * form of a POST, because credentials must not be in a URL (RFC 6749 §2.3.1).
 */
export async function buildFeedRequest(
  { after, wantsKeyCheck = false, waitSeconds, accept }: FeedQuestion,
  endpoint: string,
  deadline: Deadline,
  settings: Pick<TransportStep, 'clientAuthentication' | 'headers' | 'issuer'>,
): Promise<TransportRequest> {
  const draft = {
    endpoint,
    issuer: settings.issuer,
    headers: { ...settings.headers, accept, 'accept-encoding': 'identity' } as Record<string, string>,
    parameters: {} as Record<string, string>,
  }
  await deadline.race(Promise.resolve(settings.clientAuthentication.authenticate(draft)))
  const question = {
    ...(after === REPLAY ? { replay: '1' } : after !== undefined && { after }),
    ...(wantsKeyCheck && { key_check: '1' }),
    ...(waitSeconds !== undefined && { wait: String(waitSeconds) }),
  }
  const credentials = Object.entries(draft.parameters)
  const common = { maxResponseBytes: MAX_PAGE_BYTES, cancellation: deadline }
  const request: TransportRequest =
    credentials.length === 0
      ? { ...common, method: 'GET', url: withQuery(endpoint, question), headers: draft.headers, body: undefined }
      : {
          ...common,
          method: 'POST',
          url: endpoint,
          headers: { ...draft.headers, 'content-type': FORM_MEDIA_TYPE },
          // The question comes last, so that no authentication method can replace it.
          body: encodeForm(Object.entries({ ...draft.parameters, ...question })),
        }
  return signRequest(request, deadline, settings)
}

function withQuery(endpoint: string, question: Readonly<Record<string, string>>): string {
  const query = encodeForm(Object.entries(question))
  if (query === '') return endpoint
  return `${endpoint}${endpoint.includes('?') ? '&' : '?'}${query}`
}
