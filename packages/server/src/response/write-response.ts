/** Step `response`: writes the answer as HTTP, in JSON or as a JWT (RFC 7662 §2.2, RFC 9701 §5). */
import {
  chooseMediaType,
  type IntrospectionResponse,
  JSON_MEDIA_TYPE,
  JWT_INTROSPECTION_MEDIA_TYPE,
} from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { RequestNotAcceptableError, ResponseSigningError } from '../errors.ts'
import type { HttpResponse, StreamedBody } from '../http/http-message.ts'
import type { ReceivedRequest } from '../request/read-request.ts'
import { encryptResponse } from './encrypt-response.ts'
import type { JwtResponseStep } from './jwt-response-options.ts'
import type { Answer } from './answer.ts'
import { appendRevocationMembers, type RevocationMembers, withRevocationMembers } from './revocation-members.ts'
import { signResponse } from './sign-response.ts'

/** The resolved options for writing. */
export interface WriteStep {
  /** How answers become JWTs. `undefined` when the endpoint offers none. */
  readonly jwt: JwtResponseStep | undefined
}

/** Header fields of every response. They forbid caching and guessing of the media type (RFC 6749 §5.1). */
export const RESPONSE_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': JSON_MEDIA_TYPE,
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'x-content-type-options': 'nosniff',
  vary: 'accept',
})

const JWT_RESPONSE_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  ...RESPONSE_HEADERS,
  'content-type': JWT_INTROSPECTION_MEDIA_TYPE,
})

const INACTIVE_RESPONSE: HttpResponse = Object.freeze({
  status: 200,
  headers: RESPONSE_HEADERS,
  body: '{"active":false}',
})

/** The response to every successful revocation, also when there was nothing to revoke. It has no content (RFC 7009 §2.2). */
export const REVOKED_RESPONSE: HttpResponse = Object.freeze({
  status: 200,
  headers: Object.freeze({
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'x-content-type-options': 'nosniff',
  }),
  body: '',
})

const STREAM_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': 'text/event-stream',
  // Compression and a proxy that collects the parts would hold events back.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
  vary: 'accept',
})

/** Writes a page of the revocation feed. */
export function writeFeedPage(body: string): HttpResponse {
  return { status: 200, headers: RESPONSE_HEADERS, body }
}

/** Writes the head of an event stream. */
export function writeFeedStream(stream: StreamedBody): HttpResponse {
  return { status: 200, headers: STREAM_HEADERS, body: '', stream }
}

/**
 * Writes an introspection response in the negotiated media type. As JSON, every inactive response has the same octets. As a JWT,
 * it is signed like any other.
 *
 * @param members - what a follower of the revocation feed gets in addition.
 * @throws {@link RequestNotAcceptableError} when the protected resource requires JWTs and the request does not accept one.
 * @throws the errors of {@link signResponse} and {@link encryptResponse}. It never falls back to JSON.
 */
export function writeResponse(
  answer: Answer,
  received: Pick<ReceivedRequest, 'mediaType' | 'http'>,
  protectedResource: ProtectedResource,
  step: WriteStep,
  members?: RevocationMembers,
): MaybePromise<HttpResponse> {
  if (protectedResource.requireJwtResponse === true) demandJwt(received)
  else if (received.mediaType !== JWT_INTROSPECTION_MEDIA_TYPE) return writeJson(answer, members)
  return writeJwt(answer.response, protectedResource, step, members)
}

function writeJson(answer: Answer, members: RevocationMembers | undefined): HttpResponse {
  const written = writeOnce(answer)
  if (members === undefined || !answer.response.active) return written
  return { ...written, body: appendRevocationMembers(written.body, answer.response, members) }
}

function writeOnce(answer: Answer): HttpResponse {
  // Checked first, because a remembered answer needs nothing else.
  if (answer.written !== undefined) return answer.written
  if (!answer.response.active) return INACTIVE_RESPONSE
  answer.written = Object.freeze({ status: 200, headers: RESPONSE_HEADERS, body: JSON.stringify(answer.response) })
  return answer.written
}

function writeJwt(
  response: IntrospectionResponse,
  protectedResource: ProtectedResource,
  { jwt }: WriteStep,
  members: RevocationMembers | undefined,
): MaybePromise<HttpResponse> {
  if (jwt === undefined)
    throw new ResponseSigningError('a protected resource requires JWTs, and response.jwt is not set')
  const answer = toDisclosed(response, members)
  const signed = signResponse(answer, protectedResource, jwt)
  const written = andThen(signed, (jws) => encryptResponse(jws, protectedResource, jwt))
  return andThen(written, (body) => ({ status: 200, headers: JWT_RESPONSE_HEADERS, body }))
}

function toDisclosed(response: IntrospectionResponse, members: RevocationMembers | undefined): IntrospectionResponse {
  if (!response.active) return { active: false }
  return members === undefined ? response : withRevocationMembers(response, members)
}

/** Refuses a request that does not accept a JWT, for a protected resource that requires JWTs. */
function demandJwt({ http }: Pick<ReceivedRequest, 'http'>): void {
  if (chooseMediaType(http.header('accept'), [JWT_INTROSPECTION_MEDIA_TYPE]) === undefined) {
    throw new RequestNotAcceptableError(`the answer is ${JWT_INTROSPECTION_MEDIA_TYPE}`)
  }
}
