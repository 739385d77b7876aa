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
    ['UND_ERR_SOCKET', 'closed the connection'],
    ['ECONNRESET', 'closed the connection'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no TLS is spoken at that port'],
    ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'no HTTP/1.1 at that port (ALPN)'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'transport.tls.cert'],
    ['ERR_OF_TOMORROW', 'ERR_OF_TOMORROW'],
  ])('explains %s and gives the remedy', (code, part) => {
    const cause = withCode(code)
    const error = unreachable(url, cause)
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', cause })
    for (const said of ['https://as.example.com:8443', code, part]) expect(error.message).toContain(said)
    expect(error.message).not.toContain('hunter2')
    // The place where fetch puts the code.
    expect(unreachable(url, new TypeError('fetch failed', { cause })).message).toBe(error.message)
  })

  test('suspects TLS behind a connection that is closed over http, and only there', () => {
    const [http, https] = ['http', 'https'].map(
      (scheme) => unreachable(`${scheme}://as.example.com/introspect`, withCode('UND_ERR_SOCKET')).message,
    )
    expect(http).toContain('begins with https')
    expect(https).not.toContain('begins with')
  })

  test('says that an answer is not HTTP, and does not quote it', () => {
    const cause = Object.assign(new Error('Parse Error: hunter2'), { name: 'HTTPParserError', data: 'hunter2' })
    for (const error of [unreachable(url, cause), unreachable(url, new TypeError('fetch failed', { cause }))]) {
      expect(error.message).toContain('the answer is not HTTP/1.1')
      expect(error.message).not.toContain('hunter2')
    }
  })

  test.each([undefined, 5, 'hunter2 said', 'a'.repeat(100)])('does not quote %j as a reason', (code) => {
    expect(unreachable(url, withCode(code)).message).toBe(
      'no complete answer from https://as.example.com:8443 [ERR_TRANSPORT_UNREACHABLE]',
    )
  })
})
