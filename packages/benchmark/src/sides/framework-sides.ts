/** Our endpoint and our guard in frameworks, beside a minimal endpoint and a minimal route of the same framework. */
import type { SidePlan } from './variant.ts'

/** Each framework has a base of its own. */
export const frameworkSides = {
  express: {
    base: { name: 'Express, minimal endpoint', program: 'variants/server/express-minimal.ts', everyNth: 1 },
    candidates: [{ name: 'toExpressHandler', program: 'variants/server/express-handler.ts', everyNth: 1 }],
  },
  fastify: {
    base: { name: 'Fastify, minimal endpoint', program: 'variants/server/fastify-minimal.ts', everyNth: 1 },
    candidates: [
      { name: 'toFastifyPlugin', program: 'variants/server/fastify-handler.ts', everyNth: 1 },
      { name: 'Fastify, endpoint by hand', program: 'variants/server/fastify-by-hand.ts', everyNth: 1 },
    ],
  },
  'guard in express': {
    base: { name: 'Express, minimal route', program: 'variants/guards/express-route.ts', everyNth: 1 },
    candidates: [
      { name: 'Express, guarded route', program: 'variants/guards/express-guarded.ts', everyNth: 1 },
      { name: 'Express, guarded by hand', program: 'variants/guards/express-by-hand.ts', everyNth: 1 },
    ],
  },
  'guard in fastify': {
    base: { name: 'Fastify, minimal route', program: 'variants/guards/fastify-route.ts', everyNth: 1 },
    candidates: [
      { name: 'Fastify, guarded route', program: 'variants/guards/fastify-guarded.ts', everyNth: 1 },
      { name: 'Fastify, guarded by hand', program: 'variants/guards/fastify-by-hand.ts', everyNth: 1 },
    ],
  },
  'guard in koa': {
    base: { name: 'Koa, minimal route', program: 'variants/guards/koa-route.ts', everyNth: 1 },
    candidates: [
      { name: 'Koa, guarded route', program: 'variants/guards/koa-guarded.ts', everyNth: 1 },
      { name: 'Koa, guarded by hand', program: 'variants/guards/koa-by-hand.ts', everyNth: 1 },
    ],
  },
  'guard in node': {
    base: { name: 'Node, minimal route', program: 'variants/guards/node-route.ts', everyNth: 1 },
    candidates: [
      { name: 'Node, guarded route', program: 'variants/guards/node-guarded.ts', everyNth: 1 },
      { name: 'Node, guarded by hand', program: 'variants/guards/node-by-hand.ts', everyNth: 1 },
      { name: 'Node, route that reads a header', program: 'variants/guards/node-reads-header.ts', everyNth: 2 },
    ],
  },
} as const satisfies Record<string, SidePlan>

/** The name of one of these sides. */
export type FrameworkSide = keyof typeof frameworkSides

/** The sides of endpoints, in the order in which they are measured. */
export const FRAMEWORK_SIDES = ['express', 'fastify'] as const satisfies readonly FrameworkSide[]

/** The sides of guards. */
export const GUARD_SIDES = [
  'guard in express',
  'guard in fastify',
  'guard in koa',
  'guard in node',
] as const satisfies readonly FrameworkSide[]
