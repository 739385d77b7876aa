/** The fetch form of an endpoint. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { toFetchResponse, toHttpRequest } from './fetch-message.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'

/**
 * Makes a function from web requests to web responses. It throws at once for an argument that is not a web request: Express 4
 * ignores a promise that rejects, and the caller of the endpoint would wait for ever.
 */
export function toFetchHandler(
  handle: (request: HttpRequest) => MaybePromise<HttpResponse>,
): (request: Request) => Promise<Response> {
  return (request) => respond(handle, toHttpRequest(request), request.method)
}

async function respond(
  handle: (request: HttpRequest) => MaybePromise<HttpResponse>,
  request: HttpRequest,
  method: string,
): Promise<Response> {
  return toFetchResponse(await handle(request), method)
}
