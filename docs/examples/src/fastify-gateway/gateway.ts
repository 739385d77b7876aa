/** A gateway in Fastify: it judges tokens, and tells the API behind it who calls. Its processes share their answers in Redis. */
import proxy from '@fastify/http-proxy'
import { type CacheStore, clientSecretBasic, IntrospectionClient, logEvents } from '@token-introspection/client'
import { fastifyGuard } from '@token-introspection/client/fastify'
import Fastify, { type FastifyInstance } from 'fastify'

/** The settings of a gateway. */
export interface GatewaySettings {
  readonly issuer: string
  readonly clientSecret: string
  /** The origin of the API. Nobody but the gateway may reach it, because anybody else could write the identity fields. */
  readonly upstream: string
  /** Where the processes of the gateway share their answers. */
  readonly store: CacheStore
  /** The same in every process of the gateway, so that each finds the answers of the others. */
  readonly keySecret: string
}

/** Creates the gateway. Closing it closes its introspection client too. */
export function createGateway({ issuer, clientSecret, upstream, store, keySecret }: GatewaySettings): FastifyInstance {
  const app = Fastify()
  const introspection = new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic('orders-api', clientSecret),
    audience: 'https://orders.example.com',
    cache: { store, keySecret, maxAgeSeconds: 60 },
    onEvent: logEvents(app.log),
    transport: { allowHttpOnLoopback: true }, // for an authorization server on your own machine
  })
  const mayRead = fastifyGuard(introspection.guard({ scope: 'orders:read' }))

  app.get('/ready', async (_request, reply) => {
    const health = await introspection.check()
    return reply.code(health.ok ? 200 : 503).send({ ready: health.ok })
  })
  app.register(async (guarded) => {
    // Refuses before Fastify reads a body.
    guarded.addHook('onRequest', mayRead)
    await guarded.register(proxy, {
      upstream,
      prefix: '/orders',
      rewritePrefix: '/orders',
      replyOptions: {
        // The API gets no token. The identity fields replace what the sender may have written there.
        rewriteRequestHeaders(request, { authorization: _token, ...headers }) {
          const { sub = '', scope = '' } = mayRead.tokenOf(request)
          // Encoded, so that a name of any characters fits into a field.
          return { ...headers, 'x-auth-subject': encodeURIComponent(sub), 'x-auth-scope': scope }
        },
      },
    })
  })
  app.addHook('onClose', () => introspection.close())
  return app
}
