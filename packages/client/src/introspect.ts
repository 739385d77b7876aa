/** SPINE: token in, answer out. */
import {
  INACTIVE,
  type IntrospectionResponse,
  parseIntrospectionResponse,
  type TokenTypeHint,
  validateExtensionClaims,
} from '@token-introspection/core'
import { type IntrospectionResult, toResult } from './result/introspection-result.ts'
import { isPresentable } from './token/is-presentable.ts'
import { buildRequest } from './transport/build-request.ts'
import type { Deadline } from './transport/deadline.ts'
import { readJsonReply, refusesTokenType } from './transport/read-reply.ts'
import type { TransportStep } from './transport/transport-step.ts'
import { type ResponseStep, validateResponse } from './response/validate-response.ts'

/** Everything the spine needs, by step. */
export interface Steps {
  readonly token: { readonly maxBytes: number }
  readonly transport: TransportStep
  readonly response: ResponseStep
  /** Seconds since the epoch. */
  readonly now: () => number
}

/** Options of one call. */
export interface IntrospectOptions {
  /** Ends the call early; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Sent as `token_type_hint`; leave it out unless the authorization server asks for it (RFC 7662 §2.1). */
  readonly tokenTypeHint?: TokenTypeHint | undefined
  /** Further parameters of the request, such as `resource` (RFC 7662 §2.1); none that is set by other means. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** A token no server could have issued is inactive unasked; any other is asked about within the deadline. */
export async function introspect(
  token: string,
  options: IntrospectOptions,
  steps: Steps,
): Promise<IntrospectionResult> {
  if (!isPresentable(token, steps.token.maxBytes)) return INACTIVE
  const deadline = steps.transport.deadlines.start(options.signal)
  try {
    return toResult(await askEndpoint(token, options, deadline, steps))
  } finally {
    deadline.settle()
  }
}

async function askEndpoint(
  token: string,
  options: IntrospectOptions,
  deadline: Deadline,
  { transport, response: rules, now }: Steps,
): Promise<IntrospectionResponse> {
  const endpoint = transport.endpoint.known ?? (await transport.endpoint.find(deadline))
  const { tokenTypeHint, parameters } = options
  const request = await buildRequest({ token, tokenTypeHint, parameters }, endpoint, deadline, transport)
  const reply = await transport.send(request)
  if (refusesTokenType(reply)) return INACTIVE
  const response = validateResponse(parseIntrospectionResponse(readJsonReply(reply, 'introspection')), rules, now())
  if (!response.active || rules.claims === undefined) return response
  return deadline.race(validateExtensionClaims(response, rules.claims))
}
