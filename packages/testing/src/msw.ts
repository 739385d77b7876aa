/** Handlers for Mock Service Worker that answer as the fake authorization server, and a network that also catches undici. */
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { defineNetwork, InterceptorSource } from 'msw/experimental'
import { http, type RequestHandler } from 'msw'
import type { FakeAuthorizationServer } from './fake-authorization-server.ts'

/** MSW handlers that answer for a fake authorization server at the address of its issuer. */
export function authorizationServerHandlers(as: Pick<FakeAuthorizationServer, 'issuer' | 'fetch'>) {
  const { origin } = new URL(as.issuer)
  return [http.all(`${origin}/*`, ({ request }) => as.fetch(request))]
}

/**
 * A network of MSW handlers that also catches undici's own `Pool`, which `setupServer` does not see. A request that no
 * handler answers is an error. Requests to this machine (`localhost`, `127.0.0.1`, `[::1]`) are an exception: they go through,
 * so that a test can call a server that it has started itself, as supertest does.
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
    onUnhandledFrame({ frame, defaults }) {
      if (!isLoopback(frame.data as { readonly request?: Request })) defaults.error()
    },
  })
}

/** Whether a frame is an HTTP request to this machine. */
function isLoopback({ request }: { readonly request?: Request }): boolean {
  const { hostname } = request === undefined ? { hostname: '' } : new URL(request.url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
