/** Bars on the endpoint and on guarded routes in frameworks. */
import type { Bar } from './bar.ts'

export const frameworkBars: readonly Bar[] = [
  {
    side: 'express',
    says: 'our endpoint in Express costs hardly more than the least endpoint there',
    variant: 'toExpressHandler',
    by: 'Express, minimal endpoint',
    metric: 'cpuMicrosPerCall',
    atMost: 1.1,
  },
  {
    side: 'fastify',
    says: 'our endpoint in Fastify costs hardly more than the least endpoint there',
    variant: 'toFastifyPlugin',
    by: 'Fastify, minimal endpoint',
    metric: 'cpuMicrosPerCall',
    atMost: 1.18,
  },
  {
    side: 'fastify',
    says: 'and hardly more than an endpoint by hand that checks the caller and finds the token',
    variant: 'toFastifyPlugin',
    by: 'Fastify, endpoint by hand',
    metric: 'cpuMicrosPerCall',
    atMost: 1.05,
  },
  ...(['Express', 'Fastify', 'Koa', 'Node'] as const).map(
    (framework): Bar => ({
      side: `guard in ${framework.toLowerCase() as Lowercase<typeof framework>}`,
      says: `a guarded route in ${framework} costs hardly more than the same route without a guard`,
      variant: `${framework}, guarded route`,
      by: `${framework}, minimal route`,
      metric: 'cpuMicrosPerCall',
      atMost: framework === 'Fastify' ? 1.01 : 1.06,
    }),
  ),
  ...(['Express', 'Fastify', 'Koa', 'Node'] as const).map(
    (framework): Bar => ({
      side: `guard in ${framework.toLowerCase() as Lowercase<typeof framework>}`,
      says: `and hardly more than the same route in ${framework} behind a guard by hand`,
      variant: `${framework}, guarded route`,
      by: `${framework}, guarded by hand`,
      metric: 'cpuMicrosPerCall',
      atMost: 1.06,
    }),
  ),
]
