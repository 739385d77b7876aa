/** The server side in frameworks: our endpoint beside the least an endpoint of the same framework does. */
import type { SidePlan } from './variant.ts'

/** Each framework with a base of its own. */
export const frameworkSides = {
  express: {
    base: { name: 'Express, minimal endpoint', program: 'variants/server/express-minimal.ts', everyNth: 1 },
    candidates: [{ name: 'toExpressHandler', program: 'variants/server/express-handler.ts', everyNth: 1 }],
  },
  fastify: {
    base: { name: 'Fastify, minimal endpoint', program: 'variants/server/fastify-minimal.ts', everyNth: 1 },
    candidates: [{ name: 'toFastifyPlugin', program: 'variants/server/fastify-handler.ts', everyNth: 1 }],
  },
} as const satisfies Record<string, SidePlan>

/** The name of one of them. */
export type FrameworkSide = keyof typeof frameworkSides

/** All of them, in the order they are measured. */
export const FRAMEWORK_SIDES = Object.keys(frameworkSides) as FrameworkSide[]
