/** For tests of what becomes of one request: no second try, and no memory of the failures before. */
import type { TransportOptions } from '@token-introspection/client'

export const oneRequest = { retry: false, circuitBreaker: false } as const satisfies TransportOptions
