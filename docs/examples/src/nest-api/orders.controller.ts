/** The routes of the API. Each says what its callers need. */
import { Controller, Get, HttpCode, Post } from '@nestjs/common'
import type { ActiveIntrospectionResult } from '@token-introspection/client'
import { Auth, Public, RequireToken } from '@token-introspection/client/nest'

@Controller('orders')
export class OrdersController {
  readonly #orders: string[] = []

  @Get()
  @RequireToken({ scope: 'orders:read' })
  list(@Auth<ActiveIntrospectionResult>() token: ActiveIntrospectionResult) {
    return { orders: this.#orders, for: token.sub }
  }

  @Post()
  @HttpCode(201)
  @RequireToken({ scope: 'orders:write' })
  save(@Auth<ActiveIntrospectionResult>() token: ActiveIntrospectionResult) {
    this.#orders.push(`order of ${token.sub}`)
    return { saved: true }
  }

  /** Nobody has said what this one needs, so any good token for the API is enough. */
  @Get('count')
  count() {
    return { count: this.#orders.length }
  }

  @Get('health')
  @Public()
  health() {
    return { well: true }
  }
}
