/** The form for AWS Lambda: converts the event of an HTTP request and its answer from and to plain data. */
import { type LambdaEvent, LambdaRequest, type LambdaResult } from '@token-introspection/core/lambda-event'
import {
  type HttpHandler,
  type HttpRequest,
  type PeerCertificate,
  RequestInvalidError,
  RequestTooLargeError,
} from '../index.ts'
import { requireHandler } from './require-handler.ts'

/**
 * Turns a handler into the handler of a Lambda function behind a function URL, an API Gateway with payload format 2.0 or 1.0, or
 * an Application Load Balancer.
 *
 * The revocation feed answers with pages and opens no stream, because Lambda sends an answer when it is whole. Set
 * `feed.maxWaitSeconds` below the timeout of the function.
 *
 * Security: a load balancer without multi-value headers passes on only the last of several `Authorization` fields, so the
 * handler judges that one. Turn multi-value headers on, and it refuses such requests.
 *
 * @returns a function that rejects only with a `TypeError`, for an event that is no HTTP request. The caller then gets 502.
 * @throws TypeError when it is not such a handler.
 *
 * @example
 * ```ts
 * import type { IntrospectionHandler } from '@token-introspection/server'
 * import { toLambdaHandler } from '@token-introspection/server/lambda'
 *
 * declare const introspection: IntrospectionHandler
 *
 * export const handler = toLambdaHandler(introspection)
 * ```
 */
export function toLambdaHandler(handler: Pick<HttpHandler, 'handle'>): (event: LambdaEvent) => Promise<LambdaResult> {
  requireHandler(handler)
  return async (event) => {
    const request = new LambdaRequest(event)
    const { status, headers, body } = await handler.handle(toHttpRequest(request))
    return request.toResult(status, headers, body)
  }
}

function toHttpRequest(request: LambdaRequest): HttpRequest {
  return {
    method: request.method,
    canStream: false,
    header: (name) => request.header(name),
    readBody: (maxBytes) => readBody(request, maxBytes),
    query: () => request.query(),
    remoteAddress: () => request.remoteAddress(),
    peerCertificate: () => readCertificate(request),
  }
}

function readBody(request: LambdaRequest, maxBytes: number): Uint8Array {
  const body = request.body(maxBytes)
  if (body === 'too-large') throw new RequestTooLargeError(`the body has more than ${maxBytes} octets`)
  if (body === 'malformed') throw new RequestInvalidError('the event says that its body is base64, and it is not')
  return body
}

/** API Gateway passes on only certificates whose chain it has validated. */
function readCertificate(request: LambdaRequest): PeerCertificate | undefined {
  const der = request.certificate()
  return der && { der, chainValidated: true }
}

export type {
  LambdaCertificate,
  LambdaEvent,
  LambdaRequestContext,
  LambdaResult,
  LambdaValues,
} from '@token-introspection/core/lambda-event'
