/** Starts each framework with some middleware before the endpoint. */
import { startExpress4, startExpress5 } from './express-forms.ts'
import { startFastify } from './fastify-forms.ts'
import { startH3 } from './h3-forms.ts'
import { startHono } from './hono-forms.ts'
import { startKoa } from './koa-forms.ts'
import { startNestWithoutParsers } from './nest-forms.ts'

export const start = {
  express5: startExpress5,
  express4: startExpress4,
  koa: startKoa,
  fastify: startFastify,
  hono: startHono,
  h3: startH3,
  nest: startNestWithoutParsers,
} as const
