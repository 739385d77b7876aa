/** Bars on the endpoint of the server, behind `node:http` and as a fetch handler. */
import type { Bar } from './bar.ts'

const server = { side: 'server', variant: 'toNodeHandler', by: 'node:http fixed JSON' } as const

export const serverBars: readonly Bar[] = [
  {
    ...server,
    says: 'the Node handler uses little more CPU than node:http writing fixed JSON',
    metric: 'cpuMicrosPerCall',
    atMost: 1.3,
  },
  { ...server, says: 'and answers three quarters as many requests a second', metric: 'callsPerSecond', atLeast: 0.78 },
  {
    ...server,
    says: 'the Node handler uses hardly more CPU than an endpoint by hand that checks the caller and finds the token',
    by: 'endpoint by hand',
    metric: 'cpuMicrosPerCall',
    atMost: 1.05,
  },
  {
    ...server,
    says: 'oidc-provider costs several times as much',
    variant: 'oidc-provider',
    by: server.variant,
    metric: 'cpuMicrosPerCall',
    atLeast: 6.5,
  },
  {
    ...server,
    says: 'after its first verification, a secret registered as a slow hash costs as much as a plain one',
    variant: 'PBKDF2 secret',
    by: server.variant,
    metric: 'cpuMicrosPerCall',
    atMost: 1.1,
  },
  {
    ...server,
    says: 'the fetch form costs little more when Request and Response are light',
    variant: 'fetch form, @hono/node-server',
    metric: 'cpuMicrosPerCall',
    atMost: 1.55,
  },
  {
    ...server,
    says: 'the fetch form costs a few times as much when Request and Response are the global ones',
    variant: 'fetch form, plain adapter',
    metric: 'cpuMicrosPerCall',
    atMost: 2.6,
  },
  ...(['@hono/node-server', 'plain adapter'] as const).map(
    (adapter): Bar => ({
      ...server,
      says: `the fetch form costs little more than fixed JSON with the same Request and Response (${adapter})`,
      variant: `fetch form, ${adapter}`,
      by: `fixed JSON, ${adapter}`,
      metric: 'cpuMicrosPerCall',
      atMost: 1.4,
    }),
  ),
]
