import { describe, expect, test } from 'vitest'
import { createDefaultTransport } from './default-transport.ts'

describe('createDefaultTransport', () => {
  test('refuses certificates where the runtime makes the connections', () => {
    const options = { maxConnections: 1, connectTimeoutMs: 50 }
    expect(() => createDefaultTransport({ ...options, tls: { ca: 'x' } })).toThrow(/^transport.tls: /)
    expect(() => createDefaultTransport(options)).not.toThrow()
  })
})
