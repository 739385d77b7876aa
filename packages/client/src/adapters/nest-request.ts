/** Requests and responses of Nest, on Express and on Fastify. */
import type { ExecutionContext } from '@nestjs/common'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GuardRequest } from '../index.ts'
import { addHeaders, toGuardRequest } from './node.ts'
import { readNodeRequest } from './node-request.ts'
import { addFields, type FieldAccess } from '../result/response-fields.ts'

/**
 * Finds the request in a context other than HTTP, such as that of a resolver or a gateway: a request of Express,
 * Fastify or Node, or one that guards accept. `undefined` denies access.
 */
export type RequestOf = (context: ExecutionContext) => object | undefined

/** Fastify wraps Node's request, and Express extends it. Any other value is a request already. */
export function asGuardRequest(request: object): GuardRequest {
  if ('raw' in request) {
    const { raw, originalUrl } = request as { raw: IncomingMessage; originalUrl?: string }
    return readNodeRequest(raw, originalUrl ?? raw.url, request as { body?: unknown })
  }
  if (typeof (request as Partial<GuardRequest>).headers?.get === 'function') return request as GuardRequest
  return toGuardRequest(request as IncomingMessage)
}

/** Sets header fields of a response. */
export function setHeaders(headers: Readonly<Record<string, string>>, response: object): void {
  if ('raw' in response) addFields(headers, response as unknown as FastifyLikeReply, FASTIFY)
  else addHeaders(headers, response as ServerResponse)
}

interface FastifyLikeReply {
  getHeader(name: string): number | string | readonly string[] | undefined
  header(name: string, value: string): unknown
}

const FASTIFY: FieldAccess<FastifyLikeReply> = {
  get: (reply, name) => reply.getHeader(name),
  set: (reply, name, value) => void reply.header(name, value),
}
