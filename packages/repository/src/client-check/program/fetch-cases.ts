/** Cases for runtimes whose default transport is their own `fetch`. */
import type { TransportOptions } from '@token-introspection/client'
import { withClient } from './smoke-client.ts'
import type { SmokeCase, SmokeInput } from './smoke-input.ts'

export const FETCH_CASES: Readonly<Record<string, SmokeCase>> = {
  'certificates are refused': (input) => refusalOf(input, { tls: { ca: input.tls.ca } }),
  'a proxy is refused': (input) => refusalOf(input, { proxy: input.closed }),
}

async function refusalOf(input: SmokeInput, transport: TransportOptions): Promise<unknown> {
  try {
    return await withClient(input, { transport }, () => Promise.resolve('taken'))
  } catch (error) {
    return { typeError: error instanceof TypeError, option: (error as Error).message.split(':')[0] }
  }
}
