/** The module of the API. Every route is closed unless it is public. */
import { Module } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { clientSecretBasic } from '@token-introspection/client'
import { TokenGuard, TokenIntrospectionModule } from '@token-introspection/client/nest'
import { OrdersController } from './orders.controller.ts'

@Module({
  imports: [
    TokenIntrospectionModule.forRootAsync({
      useFactory: () => ({
        client: {
          issuer: process.env['ISSUER'] ?? 'https://as.example.com',
          clientAuthentication: clientSecretBasic('orders-api', () => process.env['ORDERS_API_SECRET'] ?? ''),
          audience: 'https://orders.example.com',
          transport: { allowHttpOnLoopback: true }, // for an authorization server on your own machine
        },
      }),
    }),
  ],
  controllers: [OrdersController],
  providers: [{ provide: APP_GUARD, useExisting: TokenGuard }],
})
export class AppModule {}
