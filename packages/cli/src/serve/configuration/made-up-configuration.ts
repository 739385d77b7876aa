/** The registrations of a server that was started without a configuration file. */
import type { ServeConfiguration } from './serve-configuration.ts'

/** 144 bits, in 24 characters. */
const SECRET_OCTETS = 18

/** Makes up one protected resource and one client, with new secrets. */
export function makeUpConfiguration(randomBytes: (length: number) => Uint8Array): ServeConfiguration {
  const secret = (): string => Buffer.from(randomBytes(SECRET_OCTETS)).toString('base64url')
  const audiences = ['https://orders.example.com']
  return {
    protectedResources: [{ id: 'orders-api', secret: secret(), audiences }],
    clients: [{ id: 'web', secret: secret(), scope: ['orders:read', 'orders:write'], audiences }],
  }
}
