/** Node's request as a guard sees it, from the raw fields, with what body parsers have left. */
import type { IncomingMessage } from 'node:http'
import { readNodeHeader } from '@token-introspection/core/node-header'
import type { GuardRequest, RequestForm } from '../index.ts'
import { clientCertificateOf } from './client-certificate.ts'

/** What is read of a request of Node; one that a framework made up, as for tests, may lack the rest. */
export type NodeRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders' | 'socket'>

/**
 * A request of Node, for a guard.
 *
 * @param url - as the client sent it, whatever routers have made of `request.url` since.
 * @param parsed - where body parsers leave what they read.
 */
export function readNodeRequest(
  request: NodeRequest,
  url: string | undefined,
  parsed: { readonly body?: unknown },
): GuardRequest {
  return new NodeGuardRequest(request, url, parsed)
}

/** A class that is its own headers, because every request has one: nothing is looked up before it is asked for. */
class NodeGuardRequest implements GuardRequest {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly #request: NodeRequest
  readonly #parsed: { readonly body?: unknown }

  constructor(request: NodeRequest, url: string | undefined, parsed: { readonly body?: unknown }) {
    this.method = request.method
    this.url = url
    this.#request = request
    this.#parsed = parsed
  }

  get headers(): this {
    return this
  }

  get(name: string): string | undefined {
    return readNodeHeader(this.#request, name)
  }

  get form(): RequestForm | undefined {
    return toForm(this.#parsed.body)
  }

  get clientCertificate(): Uint8Array | undefined {
    return clientCertificateOf(this.#request.socket)
  }

  /** Of HTTP/2 streams too: theirs stands for the socket of the session. */
  get remoteAddress(): string | undefined {
    return (this.#request.socket as NodeRequest['socket'] | undefined)?.remoteAddress
  }
}

/** Parsers leave an object, or text or octets where they only read. */
function toForm(body: unknown): RequestForm | undefined {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return new URLSearchParams(body)
  if (body instanceof Uint8Array) return new URLSearchParams(new TextDecoder().decode(body))
  return typeof body === 'object' ? (body as RequestForm) : undefined
}
