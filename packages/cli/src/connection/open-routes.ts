/** Connections with the same certificates, by different ways: with the proxies of an environment, or without any. */
import type { TlsOptions } from '@token-introspection/client'
import type { Dispatcher } from 'undici'
import type { Environment } from '../surroundings/surroundings.ts'
import { createDispatcher } from './create-dispatcher.ts'
import type { Exchange } from './exchange.ts'
import { recordExchanges } from './record-exchanges.ts'

/** Ways to the servers. They are closed together. */
export interface OpenRoutes {
  /** Connections with the proxies of an environment. */
  readonly by: (proxies: Environment) => Dispatcher
  /** The same, and everything that is sent and received is reported. */
  readonly recorded: (proxies: Environment, onExchange: (exchange: Exchange) => void) => Dispatcher
  readonly close: () => Promise<void>
}

/** Opens the ways. Nothing is sent yet. */
export function openRoutes(certificates: TlsOptions, { timeoutMs }: { readonly timeoutMs: number }): OpenRoutes {
  const opened = new Map<Environment, Dispatcher>()
  const by = (environment: Environment): Dispatcher => {
    const known = opened.get(environment)
    if (known !== undefined) return known
    const dispatcher = createDispatcher(certificates, { environment, timeoutMs })
    opened.set(environment, dispatcher)
    return dispatcher
  }
  return {
    by,
    recorded: (proxies, onExchange) => recordExchanges(by(proxies), onExchange),
    async close() {
      await Promise.all([...opened.values()].map((each) => each.destroy()))
    },
  }
}
