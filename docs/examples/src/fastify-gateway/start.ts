/** Starts one process of the gateway, with settings from the environment. It ends at SIGTERM. */
import { createRedisCacheStore } from '@token-introspection/client/redis'
import { createClient } from 'redis'
import { createGateway } from './gateway.ts'

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`set ${name}`)
  return value
}

// A command must not wait until Redis is back: the gateway asks the authorization server instead.
const client = createClient({ url: setting('REDIS_URL'), disableOfflineQueue: true })
client.on('error', (error) => console.error('Redis', error))
await client.connect()

const gateway = createGateway({
  issuer: setting('ISSUER'),
  clientSecret: setting('CLIENT_SECRET'),
  upstream: setting('UPSTREAM'),
  store: createRedisCacheStore({ client, keyPrefix: setting('KEY_PREFIX') }),
  keySecret: setting('KEY_SECRET'),
})
console.log(await gateway.listen({ port: Number(process.env['PORT'] ?? 0), host: '127.0.0.1' }))

process.once('SIGTERM', () => void gateway.close().then(() => client.close()))
