/** Options for tests of a single request: no second attempt, and no memory of earlier failures. */
import type { TransportOptions } from '@token-introspection/client'

export const oneRequest = { retry: false, circuitBreaker: false } as const satisfies TransportOptions
