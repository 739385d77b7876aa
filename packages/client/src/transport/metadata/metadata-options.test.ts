import { OptionGroup } from '@token-introspection/core/options'
import { describe, expect, test } from 'vitest'
import { METADATA_OPTIONS, type MetadataOptions, resolveMetadata } from './metadata-options.ts'

const COMPLAINT = 'must be origins such as https://as.example.com, at least one'

function resolve(options: object, urlRules = {}) {
  return resolveMetadata(new OptionGroup('transport', options, METADATA_OPTIONS), urlRules)
}

describe('resolveMetadata', () => {
  test('keeps metadata for an hour and trusts every public origin by default', () => {
    expect(resolve({})).toEqual({ maxAgeMs: 3_600_000, allowedEndpointOrigins: undefined })
  })

  test('accepts valid options', () => {
    const options: MetadataOptions = {
      metadataMaxAgeSeconds: 60,
      allowedEndpointOrigins: ['https://as.example.com', 'https://10.0.0.5:8443'],
    }
    expect(resolve(options)).toEqual({
      maxAgeMs: 60_000,
      allowedEndpointOrigins: new Set(['https://as.example.com', 'https://10.0.0.5:8443']),
    })
  })

  test.each([
    'as.example.com',
    '*',
    'https://*.example.com',
    'https://as.example.com/',
    'https://as.example.com/introspect',
    'https://AS.example.com',
    'https://as.example.com:443',
    'https://a:b@as.example.com',
    'http://as.example.com',
    'http://localhost:9000',
    'null',
  ])('refuses the origin %j, which is misspelt or not allowed', (origin) => {
    expect(() => resolve({ allowedEndpointOrigins: ['https://as.example.com', origin] })).toThrow(
      new TypeError(`transport.allowedEndpointOrigins: ${COMPLAINT}`),
    )
  })

  test('accepts http on loopback when the option says so', () => {
    const options = { allowedEndpointOrigins: ['http://localhost:9000'] }
    expect(resolve(options, { allowHttpOnLoopback: true }).allowedEndpointOrigins).toEqual(
      new Set(['http://localhost:9000']),
    )
  })

  test.each([[[]], ['https://as.example.com'], [[5]], [['']], [null]])('refuses the list %j', (origins) => {
    expect(() => resolve({ allowedEndpointOrigins: origins })).toThrow(/^transport\.allowedEndpointOrigins: /)
  })
})
