/** Mock Service Worker: handlers for the fake authorization server, and a network that undici cannot slip past. */
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { defineNetwork, InterceptorSource } from 'msw/experimental'
import { http, type RequestHandler } from 'msw'
import type { FakeAuthorizationServer } from './fake-authorization-server.ts'

/** MSW handlers that answer for a fake authorization server at its issuer's address. */
export function authorizationServerHandlers(as: Pick<FakeAuthorizationServer, 'issuer' | 'fetch'>) {
  const { origin } = new URL(as.issuer)
  return [http.all(`${origin}/*`, ({ request }) => as.fetch(request))]
}

/**
 * A network of MSW handlers that also catches undici's own `Pool`, which `setupServer` does not see. A request no
 * handler answers is an error.
 *
 * @example
 * ```ts
 * import { createFakeAuthorizationServer } from '@token-introspection/testing'
 * import { authorizationServerHandlers, createNetwork } from '@token-introspection/testing/msw'
 *
 * const as = createFakeAuthorizationServer()
 * const network = createNetwork(...authorizationServerHandlers(as))
 * network.enable()
 * // … run the test …
 * network.disable()
 * ```
 */
export function createNetwork(...handlers: RequestHandler[]) {
  return defineNetwork({
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
    handlers,
    context: { quiet: true },
    onUnhandledFrame: 'error',
  })
}
