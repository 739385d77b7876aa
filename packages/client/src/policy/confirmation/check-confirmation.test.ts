import { describe, expect, test, vi } from 'vitest'
import type { JudgedToken } from '../policy.ts'
import { checkConfirmation } from './check-confirmation.ts'
import type { ConfirmationOutcome, Presentation, SenderConstraint } from './confirmation.ts'

const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const x5t = { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' }
const confirmed: ConfirmationOutcome = { confirmed: true, headers: {} }
const unproved: ConfirmationOutcome = { confirmed: false, reason: 'proof' }
const request = { headers: { get: () => null } }

function createStep(byKey: ConfirmationOutcome = confirmed, byCertificate: ConfirmationOutcome = confirmed) {
  const dpop = { algorithms: ['ES256'], verify: vi.fn(() => Promise.resolve(byKey)) }
  const certificate = { verify: vi.fn(() => byCertificate) }
  return { dpop, certificate }
}

async function check(
  token: JudgedToken,
  scheme: Presentation['scheme'],
  confirmation: Parameters<typeof checkConfirmation>[2]['confirmation'] = createStep(),
  senderConstraint?: SenderConstraint,
): Promise<string> {
  const presentation: Presentation = { scheme, source: 'header', token: 'abc', request }
  const outcome = await checkConfirmation(token, presentation, { confirmation, senderConstraint })
  return outcome.confirmed ? 'confirmed' : outcome.reason
}

describe('checkConfirmation', () => {
  test('accepts an unbound bearer token, without a promise', () => {
    const presentation: Presentation = { scheme: 'Bearer', source: 'header', token: 'abc', request }
    const outcome = checkConfirmation({}, presentation, { confirmation: createStep(), senderConstraint: undefined })
    expect(outcome).toEqual(confirmed)
  })

  test.each([
    ['a key, as a bearer token (DPOP-20)', { cnf: { jkt } }, 'Bearer'],
    ['a key, as a bearer token of the type Bearer (DPOP-20)', { token_type: 'Bearer', cnf: { jkt } }, 'Bearer'],
    ['nothing, as a DPoP token (DPOP-21)', {}, 'DPoP'],
    ['nothing, with the type DPoP (DPOP-27)', { token_type: 'DPoP' }, 'DPoP'],
    ['nothing, with the type dpop, as a bearer token (DPOP-27)', { token_type: 'dpop' }, 'Bearer'],
    ['only a certificate, as a DPoP token', { cnf: x5t }, 'DPoP'],
    ['an unknown confirmation (CERT-07)', { cnf: { 'urn:example': 1 } }, 'Bearer'],
    ['an empty cnf (CERT-07)', { cnf: {} }, 'Bearer'],
    ['a whole key (CERT-07)', { cnf: { jwk: { kty: 'EC' } } }, 'DPoP'],
    ['a key given by URL (EXT-22)', { cnf: { jku: 'https://evil.example' } }, 'DPoP'],
    ['a certificate, with the type DPoP (DPOP-27)', { token_type: 'DPoP', cnf: x5t }, 'Bearer'],
    ['a certificate, with the type dPoP (DPOP-27)', { token_type: 'dPoP', cnf: x5t }, 'DPoP'],
    ['a key under another spelling (CERT-07)', { cnf: { JKT: jkt } }, 'DPoP'],
    ['the type of a key, without the key (CERT-07)', { cnf: { 'kc-jkt-type': 'DPoP' } }, 'DPoP'],
  ] as const)('refuses a token bound to %s', async (_, token, scheme) => {
    const step = createStep()
    expect(await check(token, scheme, step)).toBe('confirmation')
    expect(step.dpop.verify).not.toHaveBeenCalled()
    expect(step.certificate.verify).not.toHaveBeenCalled()
  })

  test.each([
    ['a key of the wrong type', { jkt: [jkt] }, 'DPoP'],
    ['a key that is null beside a good certificate', { jkt: null, ...x5t }, 'Bearer'],
    ['a certificate of the wrong length beside a good key', { jkt, 'x5t#S256': 'short' }, 'DPoP'],
    ['a value that is not an object', jkt, 'DPoP'],
    ['null', null, 'Bearer'],
  ])('refuses a confirmation that no parser would accept: %s (CERT-07)', async (_, cnf, scheme) => {
    const step = createStep()
    expect(await check({ cnf } as unknown as JudgedToken, scheme as 'DPoP', step)).toBe('confirmation')
    expect(step.dpop.verify).not.toHaveBeenCalled()
    expect(step.certificate.verify).not.toHaveBeenCalled()
  })

  test('ignores unknown members beside a known one (CERT-07)', async () => {
    const beside = { 'kc-jkt-type': 'DPoP', kid: 'a', 'urn:example': 1 }
    expect(await check({ token_type: 'DPoP', cnf: { jkt, ...beside } }, 'DPoP')).toBe('confirmed')
    expect(await check({ cnf: { jkt, ...beside } }, 'DPoP', createStep(unproved))).toBe('proof')
    expect(await check({ cnf: { jkt, ...beside } }, 'Bearer')).toBe('confirmation')
    expect(await check({ cnf: { ...x5t, ...beside } }, 'Bearer')).toBe('confirmed')
    expect(await check({ cnf: { ...x5t, ...beside } }, 'Bearer', createStep(confirmed, unproved))).toBe('proof')
  })

  test('follows the verdict on the proof and on the certificate', async () => {
    expect(await check({ cnf: { jkt } }, 'DPoP')).toBe('confirmed')
    expect(await check({ cnf: { jkt } }, 'DPoP', createStep(unproved))).toBe('proof')
    expect(await check({ cnf: x5t }, 'Bearer')).toBe('confirmed')
    expect(await check({ cnf: x5t }, 'Bearer', createStep(confirmed, unproved))).toBe('proof')
  })

  test('requires both when a token is bound to both (CERT-08)', async () => {
    const both = { cnf: { jkt, ...x5t } }
    expect(await check(both, 'DPoP')).toBe('confirmed')
    expect(await check(both, 'DPoP', createStep(unproved))).toBe('proof')
    expect(await check(both, 'DPoP', createStep(confirmed, unproved))).toBe('proof')
    expect(await check(both, 'Bearer')).toBe('confirmation')
  })

  test('refuses a binding that the client cannot verify', async () => {
    const none = { dpop: undefined, certificate: undefined }
    expect(await check({ cnf: { jkt } }, 'DPoP', none)).toBe('confirmation')
    expect(await check({ cnf: x5t }, 'Bearer', none)).toBe('confirmation')
    expect(await check({ cnf: { jkt, ...x5t } }, 'DPoP', { ...none, dpop: createStep().dpop })).toBe('confirmation')
  })

  test.each([
    ['dpop', {}, 'Bearer', 'confirmation'],
    ['dpop', { cnf: x5t }, 'Bearer', 'confirmation'],
    ['dpop', { cnf: { jkt } }, 'DPoP', 'confirmed'],
    ['certificate', {}, 'Bearer', 'confirmation'],
    ['certificate', { cnf: { jkt } }, 'DPoP', 'confirmation'],
    ['certificate', { cnf: x5t }, 'Bearer', 'confirmed'],
    ['any', {}, 'Bearer', 'confirmation'],
    ['any', { cnf: { jkt } }, 'DPoP', 'confirmed'],
    ['any', { cnf: x5t }, 'Bearer', 'confirmed'],
  ] as const)('when the guard requires %s, %o presented as %s is: %s', async (constraint, token, scheme, expected) => {
    expect(await check(token, scheme, createStep(), constraint)).toBe(expected)
  })

  test.each<[string, JudgedToken, Presentation['scheme'], SenderConstraint | undefined, RegExp]>([
    ['unbound where a binding is required', {}, 'Bearer', 'any', /^the token is not bound, and senderConstraint/],
    ['unbound, with the scheme DPoP', {}, 'DPoP', undefined, /^the token is not bound to a key/],
    ['bound to a key, with the scheme Bearer', { cnf: { jkt } }, 'Bearer', undefined, /scheme Bearer$/],
    ['bound in an unknown way', { cnf: { kid: 'a' } }, 'Bearer', undefined, /^cnf has no jkt/],
    ['bound to a certificate where a key is required', { cnf: x5t }, 'Bearer', 'dpop', /bound to a key$/],
    ['bound to a key where a certificate is required', { cnf: { jkt } }, 'DPoP', 'certificate', /to a certificate$/],
  ])('says what does not fit about a token that is %s', async (_, token, scheme, senderConstraint, expected) => {
    const presentation: Presentation = { scheme, source: 'header', token: 'abc', request }
    const outcome = await checkConfirmation(token, presentation, { confirmation: createStep(), senderConstraint })
    expect(outcome).toMatchObject({ confirmed: false, detail: expect.stringMatching(expected) as string })
  })

  test.each([
    [{ jkt }, 'Bearer', 'dpop'],
    [{ jkt }, 'DPoP', 'dpop'],
    [x5t, 'Bearer', 'certificate'],
  ] as const)('names the missing option for a token bound to %o, presented as %s', async (cnf, scheme, option) => {
    const presentation: Presentation = { scheme, source: 'header', token: 'abc', request }
    const confirmation = { dpop: undefined, certificate: undefined }
    const outcome = await checkConfirmation({ cnf }, presentation, { confirmation, senderConstraint: undefined })
    expect(outcome).toMatchObject({ detail: expect.stringMatching(`no option policy.${option}$`) as string })
  })
})
