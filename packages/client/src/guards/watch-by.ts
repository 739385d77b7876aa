/** How a guard watches the token of a request that it has let pass. */
import type { TokenSources } from '../token/extract-token.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { presentedBy } from './presented-by.ts'
import { endedWatch, type TokenWatchOptions } from '../watch/watch-token.ts'

/** Options of `watch` of a guard: see {@link IntrospectionClient.watch}. The guard has the policy and the request. */
export type GuardWatchOptions = Omit<TokenWatchOptions, 'policy' | 'request'>

/** Watches the token of a request. */
export type WatchRequest = (request: GuardRequest, options: GuardWatchOptions) => AbortSignal

/** The parts of a guard that its `watch` needs. */
interface WatchingGuard {
  readonly sources: TokenSources
  /** Whether the guard lets requests without a token pass. */
  readonly optional: boolean
  /** Watches a token by the options of the guard. */
  readonly watch: (token: string, options: GuardWatchOptions & { readonly request: GuardRequest }) => AbortSignal
}

/** Creates `watch` of a guard. A request without a token has nothing to watch, so its signal never aborts. */
export function watchBy({ sources, optional, watch }: WatchingGuard): WatchRequest {
  return (request, options) => {
    const presented = presentedBy(request, sources)
    if (presented.kind === 'unread') {
      throw new TypeError('request: its form has been read; give the token of a form to watch() of the client')
    }
    if (presented.kind === 'token') return watch(presented.token, { ...options, request })
    return presented.kind === 'absent' && optional ? new AbortController().signal : endedWatch('inactive')
  }
}
