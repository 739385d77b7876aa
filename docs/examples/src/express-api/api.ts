/** The orders API in Express. Each tenant sees its own orders. */
import type { Refusal, IntrospectionClient } from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { sendRefusal } from '@token-introspection/client/node'
import express, { type Express, type Request, type Response } from 'express'
import type { Claims, Logger } from './introspection.ts'

/** Creates the application. It logs every refusal. */
export function createApi(introspection: IntrospectionClient<Claims>, logger: Logger): Express {
  function onRefusal(refusal: Refusal, request: Request, response: Response): void {
    logger.info(`refused ${request.method} ${request.path}: ${refusal.reason}${missingFrom(refusal)}`)
    sendRefusal(refusal, response)
  }

  const mayRead = expressGuard(introspection.guard({ scope: 'orders:read' }), { onRefusal })
  const mayWrite = expressGuard(introspection.guard({ scope: 'orders:write' }), { onRefusal })
  // A refund cannot be taken back, so this guard uses no remembered answer.
  const mayRefund = expressGuard(introspection.guard({ scope: 'orders:refund', maxAgeSeconds: 0 }), { onRefusal })

  const orders = new Map<string, string[]>()
  const app = express()

  app.get('/health', (_request, response) => {
    response.json({ well: true })
  })

  app.get('/orders', mayRead, (request, response) => {
    const { tenant } = mayRead.tokenOf(request)
    response.json({ tenant, orders: orders.get(tenant) ?? [] })
  })

  app.post('/orders', mayWrite, (request, response) => {
    const { tenant, sub = 'nobody' } = mayWrite.tokenOf(request)
    const order = `order of ${sub}`
    orders.set(tenant, [...(orders.get(tenant) ?? []), order])
    response.status(201).json({ order })
  })

  app.post('/refunds', mayRefund, (request, response) => {
    response.json({ refundedBy: mayRefund.tokenOf(request).sub })
  })

  return app
}

/** The scopes to ask an administrator for, if scopes are all that is missing. */
function missingFrom({ mismatch }: Refusal): string {
  return mismatch?.reason === 'scope' ? `, without ${mismatch.missing?.join(' ')}` : ''
}
