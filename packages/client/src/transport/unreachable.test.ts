import { describe, expect, test } from 'vitest'
import { unreachable } from './unreachable.ts'

const url = 'https://as.example.com:8443/introspect?key=hunter2'
const withCode = (code: unknown) => Object.assign(new Error('x'), { code })

describe('unreachable', () => {
  test.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'transport.tls.ca'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'transport.tls.ca'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'for another name'],
    ['ECONNREFUSED', 'nothing listens there'],
    ['ENOTFOUND', 'check the host'],
    ['UND_ERR_SOCKET', 'UND_ERR_SOCKET'],
  ])('explains %s and gives the remedy', (code, part) => {
    const cause = withCode(code)
    const error = unreachable(url, cause)
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', cause })
    for (const said of ['https://as.example.com:8443', code, part]) expect(error.message).toContain(said)
    expect(error.message).not.toContain('hunter2')
    // The place where fetch puts the code.
    expect(unreachable(url, new TypeError('fetch failed', { cause })).message).toBe(error.message)
  })

  test.each([undefined, 5, 'hunter2 said', 'a'.repeat(100)])('does not quote %j as a reason', (code) => {
    expect(unreachable(url, withCode(code)).message).toBe('no complete answer from https://as.example.com:8443')
  })
})
