import { describe, expect, test } from 'vitest'
import { createDefaultTransport } from './default-transport.ts'

describe('createDefaultTransport', () => {
  test.each([
    ['tls', { tls: { ca: 'x' } }],
    ['proxy', { proxy: 'http://proxy:3128' }],
    ['proxy', { proxy: 'environment' }],
    ['socketPath', { socketPath: '/run/as.sock' }],
  ])('refuses %s where the runtime makes the connections', (name, given) => {
    const options = { maxConnections: 1, connectTimeoutMs: 50 }
    expect(() => createDefaultTransport({ ...options, ...given })).toThrow(
      `transport.${name}: works on Node; here give a fetch that `,
    )
    expect(() => createDefaultTransport(options)).not.toThrow()
  })
})
