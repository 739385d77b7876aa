/** Every fault as the doctor tells it, with examples for what differs. `vitest -u` writes the list again: then read it. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Fault } from '../diagnosis.ts'
import { answerFaults } from './answer-faults.ts'
import { connectionFaults } from './connection-faults.ts'
import { credentialsFaults, type Refused } from './credentials-faults.ts'
import { endpointFaults } from './endpoint-faults.ts'
import { metadataFaults } from './metadata-faults.ts'
import { tokenFaults } from './token-faults.ts'

const ISSUER = 'https://as.example.com/realms/acme'
const OTHER = 'https://sso.example.com/realms/acme'
const ENDPOINT = 'https://as.example.com/introspect'
const METADATA = `${ISSUER}/.well-known/openid-configuration`
const PROXY = 'http://proxy.example.com:3128'
const REFUSED: Refused = {
  url: ENDPOINT,
  clientId: 'orders-api',
  method: 'client_secret_basic',
  said: '401 invalid_client',
}
const SAID = 'what the client says'
const AUDIENCE = 'https://orders.example.com'

/** The faults, by module and function. A module with a function that is missing here fails. */
const EXAMPLES: Readonly<Record<string, Readonly<Record<string, readonly Fault[]>>>> = {
  connection: {
    plainHttp: [connectionFaults.plainHttp('http://as.example.com/introspect')],
    unknownName: [connectionFaults.unknownName(ENDPOINT)],
    refused: [connectionFaults.refused(ENDPOINT)],
    late: [connectionFaults.late(ENDPOINT)],
    reset: [connectionFaults.reset(ENDPOINT, 'ECONNRESET')],
    unreachable: [connectionFaults.unreachable(SAID)],
    privateAuthority: [connectionFaults.privateAuthority(ENDPOINT, 'DEPTH_ZERO_SELF_SIGNED_CERT')],
    expiredCertificate: [connectionFaults.expiredCertificate(ENDPOINT)],
    otherName: [connectionFaults.otherName(ENDPOINT)],
    tlsToPlainPort: [connectionFaults.tlsToPlainPort('https://as.example.com:8080/introspect')],
    plainToTlsPort: [connectionFaults.plainToTlsPort('http://as.example.com:8443/introspect')],
    certificateRequired: [connectionFaults.certificateRequired(ENDPOINT, 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')],
    proxyNeeded: [connectionFaults.proxyNeeded(ENDPOINT, PROXY)],
    proxyInTheWay: [connectionFaults.proxyInTheWay(ENDPOINT, PROXY)],
    proxyRefuses: [connectionFaults.proxyRefuses(ENDPOINT, PROXY)],
  },
  metadata: {
    trailingSlash: [metadataFaults.trailingSlash(METADATA, ISSUER, `${ISSUER}/`)],
    issuerSplit: [metadataFaults.issuerSplit(METADATA, ISSUER, OTHER)],
    otherIssuer: [metadataFaults.otherIssuer(METADATA, ISSUER, `${ISSUER}-two`)],
    noIntrospection: [metadataFaults.noIntrospection(METADATA, ISSUER, SAID)],
    plainEndpoint: [metadataFaults.plainEndpoint(METADATA, 'http://as.example.com/introspect')],
    untrustedEndpoint: [metadataFaults.untrustedEndpoint(METADATA, SAID)],
    wrongRealm: [metadataFaults.wrongRealm(METADATA, ISSUER)],
    absent: [metadataFaults.absent([METADATA, ISSUER], ISSUER, 'status 404')],
  },
  endpoint: {
    page: [endpointFaults.page(ENDPOINT, 200, '<h1>Sign in</h1>')],
    redirect: [endpointFaults.redirect('endpoint', ENDPOINT, 302, 'https://login.example.com/in?state=x')],
    trailingSlash: [endpointFaults.trailingSlash(`${ENDPOINT}/`, ENDPOINT, 404)],
    absent: [endpointFaults.absent(ENDPOINT, 404)],
    elsewhere: [endpointFaults.elsewhere(ENDPOINT, 404, `${ISSUER}/introspect`)],
    userAgent: [endpointFaults.userAgent(ENDPOINT, 'answers 403')],
    rateLimited: [
      endpointFaults.rateLimited('endpoint', ENDPOINT, undefined),
      endpointFaults.rateLimited('metadata', METADATA, '30'),
    ],
    serverError: [endpointFaults.serverError('endpoint', ENDPOINT, 503)],
    circuitOpen: [endpointFaults.circuitOpen(ENDPOINT)],
  },
  credentials: {
    basicEncoding: [credentialsFaults.basicEncoding(REFUSED, 'raw'), credentialsFaults.basicEncoding(REFUSED, 'form')],
    wrongMethod: [
      credentialsFaults.wrongMethod(REFUSED, ['client_secret_post'], true),
      credentialsFaults.wrongMethod({ ...REFUSED, clientId: undefined }, ['private_key_jwt', 'another'], false),
    ],
    twoMethods: [credentialsFaults.twoMethods(REFUSED)],
    assertionAudience: [
      credentialsFaults.assertionAudience({ ...REFUSED, method: 'private_key_jwt' }, ISSUER, ENDPOINT),
      credentialsFaults.assertionAudience({ ...REFUSED, method: 'client_secret_jwt' }, ISSUER, ENDPOINT),
    ],
    assertionForm: [credentialsFaults.assertionForm(REFUSED, 'with client_id beside it')],
    notPermitted: [credentialsFaults.notPermitted(REFUSED)],
    refused: [credentialsFaults.refused(REFUSED)],
    hintRefused: [credentialsFaults.hintRefused(REFUSED, 'jwt')],
  },
  answer: {
    clockOff: [
      answerFaults.clockOff(ENDPOINT, 'Mon, 30 Nov 2026 12:00:00 GMT', 610),
      answerFaults.clockOff(ENDPOINT, 'Mon, 30 Nov 2026 12:00:00 GMT', -90),
    ],
    downgraded: [answerFaults.downgraded(ENDPOINT)],
    signedUnasked: [answerFaults.signedUnasked(ENDPOINT)],
    keysMissing: [answerFaults.keysMissing(SAID)],
    alwaysActive: [answerFaults.alwaysActive(ENDPOINT)],
    malformed: [answerFaults.malformed(SAID)],
  },
  token: {
    refreshToken: [tokenFaults.refreshToken('its typ is Refresh')],
    otherKind: [tokenFaults.otherKind('its typ is ID')],
    expired: [tokenFaults.expired('its exp was 1 hour ago')],
    wrongRealm: [tokenFaults.wrongRealm(ISSUER, `${ISSUER}-two`)],
    issuerSplit: [tokenFaults.issuerSplit(ISSUER, OTHER)],
    otherIssuer: [tokenFaults.otherIssuer(ISSUER, 'https://other.example.org')],
    notInAudience: [
      tokenFaults.notInAudience('orders-api', ['account', 'web'], true),
      tokenFaults.notInAudience('orders-api', ['account'], false),
    ],
    noAudience: [
      tokenFaults.noAudience('orders-api', true, true),
      tokenFaults.noAudience('orders-api', true, false),
      tokenFaults.noAudience('orders-api', false, true),
      tokenFaults.noAudience('orders-api', false, false),
    ],
    otherAudience: [tokenFaults.otherAudience([AUDIENCE], ['https://billing.example.com'])],
    scopeArray: [tokenFaults.scopeArray()],
    unusable: [tokenFaults.unusable(SAID, undefined), tokenFaults.unusable(SAID, 'what the client advises')],
    unsupported: [tokenFaults.unsupported()],
    hintHides: [tokenFaults.hintHides('refresh_token')],
    hintNeeded: [tokenFaults.hintNeeded('access_token')],
    credentialsUnchecked: [tokenFaults.credentialsUnchecked(ENDPOINT)],
    unknown: [tokenFaults.unknown(ISSUER, undefined)],
    replicaLag: [tokenFaults.replicaLag('3 questions have different answers.')],
    revocationUnseen: [tokenFaults.revocationUnseen(9)],
    refused: [
      tokenFaults.refused('scope', SAID, undefined),
      tokenFaults.refused('issuer', SAID, 'what the client advises'),
    ],
    failed: [tokenFaults.failed('err_transport_status', SAID, 'authorization_server')],
  },
}
const MODULES: Readonly<Record<string, object>> = {
  connection: connectionFaults,
  metadata: metadataFaults,
  endpoint: endpointFaults,
  credentials: credentialsFaults,
  answer: answerFaults,
  token: tokenFaults,
}

function toText({ name, step, side, found, fix, clause, command, isSure }: Fault): string {
  const lines = [`${name}${isSure ? '' : ', likely'} (${step}, ${side})`, `  ${found}`, `  Fix: ${fix}`]
  const more = [clause && `  Clause: ${clause}`, command && `  Check: ${command}`].filter(Boolean)
  return [...lines, ...more, ''].join('\n')
}

describe('faults', () => {
  test.each(Object.keys(MODULES))('of step %s have an example each', (name) => {
    expect(Object.keys(EXAMPLES[name] ?? {})).toEqual(Object.keys(MODULES[name] ?? {}))
  })

  test('are told as in the list', async () => {
    const all = Object.values(EXAMPLES).flatMap((each) => Object.values(each).flat())
    await expect(all.map(toText).join('\n')).toMatchFileSnapshot(
      join(import.meta.dirname, '../../../test/doctor/faults.txt'),
    )
  })

  test('have a clause of a standard, and a command that sends no secret', () => {
    for (const { clause, command = '' } of Object.values(EXAMPLES).flatMap((each) => Object.values(each).flat())) {
      expect(clause ?? 'RFC 0 §0').toMatch(/^RFC \d+ §\d/)
      expect(command).toMatch(/^(?:|(?:curl|openssl|getent|date) [^\n]+)$/)
    }
  })
})
