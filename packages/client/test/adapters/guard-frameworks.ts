/** A guarded route in every framework with an adapter, with and without the usual body parser. */
import { expressFrameworks } from './guard-frameworks/express-frameworks.ts'
import { fastifyFrameworks } from './guard-frameworks/fastify-frameworks.ts'
import { h3Frameworks } from './guard-frameworks/h3-frameworks.ts'
import { honoFrameworks } from './guard-frameworks/hono-frameworks.ts'
import { koaFrameworks } from './guard-frameworks/koa-frameworks.ts'
import { lambdaFrameworks } from './guard-frameworks/lambda-frameworks.ts'
import { nestFrameworks } from './guard-frameworks/nest-frameworks.ts'
import { nodeFrameworks } from './guard-frameworks/node-frameworks.ts'
import type { GuardedFramework } from './guard-frameworks/guarded-framework.ts'

export const frameworks: readonly GuardedFramework[] = [
  ...nodeFrameworks,
  ...expressFrameworks,
  ...koaFrameworks,
  ...honoFrameworks,
  ...h3Frameworks,
  ...fastifyFrameworks,
  ...nestFrameworks,
  ...lambdaFrameworks,
]
