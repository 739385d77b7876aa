/** Handlers for Mock Service Worker that answer as the fake authorization server, and a network that also catches undici. */
import { OptionGroup } from '@token-introspection/core/options'
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { defineNetwork, InterceptorSource } from 'msw/experimental'
import { http, HttpResponse, type RequestHandler } from 'msw'
import type { FakeAuthorizationServer } from './fake-authorization-server.ts'

/**
 * MSW handlers that answer for a fake authorization server at the address of its issuer. A server that is unreachable fails the
 * request, as a closed port does.
 */
export function authorizationServerHandlers(as: Pick<FakeAuthorizationServer, 'issuer' | 'fetch'>) {
  const { origin } = new URL(as.issuer)
  return [http.all(`${origin}/*`, ({ request }) => as.fetch(request).catch(() => HttpResponse.error()))]
}

/** What to do with a request that no handler answers. */
export type OnUnhandledRequest =
  | 'bypass'
  | 'error'
  | 'warn'
  | ((request: Request, print: { readonly error: () => void; readonly warning: () => void }) => void | Promise<void>)

/** Options of {@link createNetwork}. */
export interface NetworkOptions {
  /** The MSW handlers, asked in this order. Default none. */
  readonly handlers?: readonly RequestHandler[] | undefined
  /**
   * What to do with a request to another machine that no handler answers. `error` prints it and fails it. `warn` prints it and
   * sends it, `bypass` sends it. A function fails the request by throwing, else the request is sent. Default `error`.
   */
  readonly onUnhandledRequest?: OnUnhandledRequest | undefined
}

/**
 * A network of MSW handlers that also catches undici's own `Pool`, which `setupServer` does not see. Requests to this machine
 * (`localhost`, `127.0.0.1`, `[::1]`) go through when no handler answers them, so that a test can call a server that it has
 * started itself, as supertest does. Handlers alone may also be given as arguments: `createNetwork(...handlers)`.
 *
 * @throws TypeError that names the wrong option.
 * @example
 * ```ts
 * import { createFakeAuthorizationServer } from '@token-introspection/testing'
 * import { authorizationServerHandlers, createNetwork } from '@token-introspection/testing/msw'
 *
 * const as = createFakeAuthorizationServer()
 * const network = createNetwork({ handlers: authorizationServerHandlers(as) })
 * network.enable()
 * // … run the test …
 * network.disable()
 * ```
 */
export function createNetwork(...given: [NetworkOptions] | RequestHandler[]) {
  const [first] = given
  const isOptions = given.length === 1 && first !== undefined && !('run' in first)
  return networkOf(isOptions ? first : { handlers: given as RequestHandler[] })
}

function networkOf(options: NetworkOptions) {
  const group = new OptionGroup('', options, ['handlers', 'onUnhandledRequest'])
  const handlers = group.raw('handlers') ?? []
  if (!Array.isArray(handlers)) throw group.error('handlers', 'must be an array of MSW handlers')
  const onUnhandledRequest = resolveOnUnhandledRequest(group)
  return defineNetwork({
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
    handlers: [...(handlers as RequestHandler[])],
    context: { quiet: true },
    async onUnhandledFrame({ frame, defaults }) {
      const { request } = frame.data as { readonly request?: Request }
      if (request === undefined) return defaults.error()
      if (isLoopback(request)) return
      try {
        await onUnhandledRequest(request, { error: defaults.error, warning: defaults.warn })
      } catch {
        // MSW answers 500 for any other error. A response of this kind fails the request instead.
        // oxlint-disable-next-line typescript/only-throw-error -- it is how MSW takes a response here
        throw HttpResponse.error()
      }
    },
  })
}

const STRATEGIES: Readonly<Record<string, Exclude<OnUnhandledRequest, string>>> = {
  bypass: () => undefined,
  warn: (_, print) => print.warning(),
  error(_, print) {
    print.error()
    throw new TypeError('no handler answers this request')
  },
}

function resolveOnUnhandledRequest(group: OptionGroup): Exclude<OnUnhandledRequest, string> {
  const given = group.raw('onUnhandledRequest')
  if (typeof given === 'function') return given as Exclude<OnUnhandledRequest, string>
  const strategy = Object.entries(STRATEGIES).find(([name]) => name === (given ?? 'error'))?.[1]
  if (strategy === undefined) {
    throw group.error('onUnhandledRequest', "must be 'error', 'warn', 'bypass' or a function")
  }
  return strategy
}

/** Whether a request goes to this machine. */
function isLoopback({ url }: Request): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
