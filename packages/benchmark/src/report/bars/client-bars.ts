/** Bars on a call of the client that asks the server. */
import type { Bar } from './bar.ts'

const client = {
  side: 'client',
  variant: 'IntrospectionClient',
  by: 'undici request + JSON.parse',
} as const

export const clientBars: readonly Bar[] = [
  {
    ...client,
    says: 'introspect() uses less CPU than a bare undici request with JSON.parse',
    metric: 'cpuMicrosPerCall',
    atMost: 0.95,
  },
  {
    ...client,
    says: 'introspect() uses less CPU than a client by hand with a deadline, checks and shared requests',
    by: 'client by hand',
    metric: 'cpuMicrosPerCall',
    atMost: 0.95,
  },
  {
    ...client,
    says: 'introspect() makes as many calls a second as a bare undici request',
    metric: 'callsPerSecond',
    atLeast: 0.95,
  },
  { ...client, says: 'and its slow calls are hardly slower (p99)', metric: 'p99Ms', atMost: 1.25 },
  {
    ...client,
    says: 'oauth4webapi costs several times as much',
    variant: 'oauth4webapi',
    by: client.variant,
    metric: 'cpuMicrosPerCall',
    atLeast: 6,
  },
  {
    ...client,
    says: 'openid-client costs more still',
    variant: 'openid-client',
    by: client.variant,
    metric: 'cpuMicrosPerCall',
    atLeast: 8,
  },
]
