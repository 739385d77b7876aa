/** Converts a Node request for a guard, with the raw fields and the form of body parsers. */
import type { IncomingMessage } from 'node:http'
import { readNodeHeader } from '@token-introspection/core/node-header'
import type { GuardRequest, RequestForm } from '../index.ts'
import { clientCertificateOf } from './client-certificate.ts'

/** The part of a Node request that is read. A request from a framework or a test may lack the optional members. */
export type NodeRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders' | 'socket'>

/** The member of a Node request that finds its further scope. Nothing outside this package can set it. */
const REQUIRED_SCOPE: unique symbol = Symbol('required scope')

interface ScopedRequest extends NodeRequest {
  [REQUIRED_SCOPE]?: GuardRequest['requiredScope']
}

/** Sets how guards find the further scope of a Node request, however it is converted. */
export function setRequiredScope(request: NodeRequest, find: NonNullable<GuardRequest['requiredScope']>): void {
  ;(request as ScopedRequest)[REQUIRED_SCOPE] = find
}

/**
 * Converts a Node request for a guard.
 *
 * @param url - the URL as the client sent it. Routers may change `request.url`.
 * @param parsed - the place where body parsers store the body.
 */
export function readNodeRequest(
  request: NodeRequest,
  url: string | undefined,
  parsed: { readonly body?: unknown },
): GuardRequest {
  return new NodeGuardRequest(request, url, parsed)
}

/**
 * The request is its own `headers` object, so each request needs only one object, and nothing is read before the guard
 * asks.
 */
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

  get requiredScope(): GuardRequest['requiredScope'] {
    return (this.#request as ScopedRequest)[REQUIRED_SCOPE]
  }

  /** Also for HTTP/2 streams, whose socket stands for that of the session. */
  get remoteAddress(): string | undefined {
    return (this.#request.socket as NodeRequest['socket'] | undefined)?.remoteAddress
  }
}

/** Some parsers store an object, others text or octets. */
function toForm(body: unknown): RequestForm | undefined {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return new URLSearchParams(body)
  if (body instanceof Uint8Array) return new URLSearchParams(new TextDecoder().decode(body))
  return typeof body === 'object' ? (body as RequestForm) : undefined
}
