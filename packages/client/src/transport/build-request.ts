/** Step `transport`: the introspection request as HTTP (RFC 7662 §2.1). */
import {
  encodeIntrospectionRequest,
  FORM_MEDIA_TYPE,
  JSON_MEDIA_TYPE,
  type TokenTypeHint,
} from '@token-introspection/core'
import type { ClientAuthentication } from './client-authentication/client-authentication.ts'
import type { Deadline } from './deadline.ts'
import type { TransportRequest } from './transport.ts'

/** What is asked, besides the token. */
export interface IntrospectionQuestion {
  readonly token: string
  readonly tokenTypeHint: TokenTypeHint | undefined
  readonly parameters: Readonly<Record<string, string>> | undefined
}

/** What the step needs. */
export interface RequestSettings {
  readonly clientAuthentication: ClientAuthentication
  readonly maxResponseBytes: number
}

/** POST, a form, JSON wanted back, uncompressed; no hint unless the caller gave one. */
export async function buildRequest(
  question: IntrospectionQuestion,
  endpoint: string,
  deadline: Deadline,
  settings: RequestSettings,
): Promise<TransportRequest> {
  const draft = {
    endpoint,
    headers: {
      accept: JSON_MEDIA_TYPE,
      'accept-encoding': 'identity',
      'content-type': FORM_MEDIA_TYPE,
    } as Record<string, string>,
    parameters: { ...question.parameters },
  }
  await settings.clientAuthentication.authenticate(draft)
  // The token last, so that neither an extra parameter nor an authentication method can replace it.
  const { token, tokenTypeHint } = question
  return {
    method: 'POST',
    url: endpoint,
    headers: draft.headers,
    body: encodeIntrospectionRequest({ ...draft.parameters, token, token_type_hint: tokenTypeHint }),
    maxResponseBytes: settings.maxResponseBytes,
    cancellation: deadline,
  }
}
