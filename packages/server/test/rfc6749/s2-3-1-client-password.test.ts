/** RFC 6749 §2.3.1: secrets that are registered as slow hashes, and callers that guess secrets. */
import { randomBytes, scryptSync } from 'node:crypto'
import { compare, hashSync } from 'bcryptjs'
import { describe, expect, test, vi } from 'vitest'
import { ask, type Around } from '../asking.ts'
import { basic, createEndpoint, NOW, OTHER_SECRET, post, RECORD, SECRET, send, token } from '../endpoint.ts'

const ADDRESS = '192.0.2.66'
const audiences = [RECORD.aud]

function from(secret: string, id = 'orders-api', remoteAddress: string | undefined = ADDRESS): Around {
  const headers = { authorization: basic(id, secret) }
  return remoteAddress === undefined ? { headers } : { headers, remoteAddress }
}

function scrypt(secret: string, salt = randomBytes(16).toString('hex')): string {
  return `${salt}:${scryptSync(secret, salt, 32).toString('hex')}`
}

describe('slow hashes', () => {
  test.each<[string, string, (presented: string, registered: string) => boolean | Promise<boolean>]>([
    ['scrypt', scrypt('s3cr3t'), (presented, registered) => scrypt(presented, registered.split(':')[0]) === registered],
    ['bcrypt', hashSync('s3cr3t', 6), (presented, registered) => compare(presented, registered)],
  ])('are verified once per credential, with %s', async (_, hash, verify) => {
    const verifySecret = vi.fn(verify)
    const { handler } = await createEndpoint({
      clientAuthentication: {
        verifySecret,
        protectedResources: [{ id: 'orders-api', clientSecrets: [hash], audiences }],
      },
    })
    for (let request = 0; request < 5; request++) expect((await ask(handler, {}, from('s3cr3t'))).status).toBe(200)
    expect(verifySecret).toHaveBeenCalledTimes(1)
    const parameters = { client_id: 'orders-api', client_secret: 's3cr3t' }
    for (let request = 0; request < 5; request++) expect((await ask(handler, parameters)).status).toBe(200)
    expect(verifySecret).toHaveBeenCalledTimes(1)
    expect((await ask(handler, {}, from('wrong'))).status).toBe(401)
    expect((await ask(handler, {}, from('wrong'))).status).toBe(401)
    expect(verifySecret).toHaveBeenCalledTimes(3)
  })

  test('that are removed from the registration stop working with the next request', async () => {
    const registered = { id: 'orders-api', clientSecrets: ['hash of old'], audiences }
    const { handler } = await createEndpoint({
      clientAuthentication: {
        verifySecret: (presented, hash) => hash === `hash of ${presented}`,
        findProtectedResource: (id) => (id === registered.id ? registered : undefined),
      },
    })
    expect((await ask(handler, {}, from('old'))).status).toBe(200)
    registered.clientSecrets = ['hash of new', 'hash of old']
    expect((await ask(handler, {}, from('old'))).status).toBe(200)
    expect((await ask(handler, {}, from('new'))).status).toBe(200)
    registered.clientSecrets = ['hash of new']
    expect((await ask(handler, {}, from('old'))).status).toBe(401)
    registered.id = 'gone'
    expect((await ask(handler, {}, from('new'))).status).toBe(401)
  })

  test('cannot verify client_secret_jwt', async () => {
    await expect(
      createEndpoint({ clientAuthentication: { methods: ['client_secret_jwt'], verifySecret: () => true } }),
    ).rejects.toThrow(/client_secret_jwt needs secrets in clear/)
  })
})

describe('guessing', () => {
  test('is answered 429 after twenty failures in a minute, a right guess included (ERR-10)', async () => {
    const { handler } = await createEndpoint()
    for (let guess = 0; guess < 20; guess++) expect((await ask(handler, {}, from(`guess ${guess}`))).status).toBe(401)
    expect((await ask(handler, {}, from('guess 20'))).status).toBe(429)
    const right = await ask(handler, {}, from(SECRET))
    expect([right.status, right.headers['retry-after']]).toEqual([429, '60'])
  })

  test('does not lock out a caller with the right secret at the same address (ERR-10)', async () => {
    const { handler } = await createEndpoint()
    expect((await ask(handler, {}, from(SECRET))).status).toBe(200)
    for (let guess = 0; guess < 30; guess++) await ask(handler, {}, from(`guess ${guess}`))
    expect((await ask(handler, {}, from('guess'))).status).toBe(429)
    expect((await ask(handler, {}, from(SECRET))).status).toBe(200)
  })

  test('does not lock out the caller at other addresses, or other callers (ERR-10)', async () => {
    const { handler } = await createEndpoint()
    for (let guess = 0; guess < 30; guess++) await ask(handler, {}, from(`guess ${guess}`))
    expect((await ask(handler, {}, from(SECRET, 'orders-api', '192.0.2.1'))).status).toBe(200)
    expect((await ask(handler, {}, from(OTHER_SECRET, 'invoices-api'))).status).toBe(200)
  })

  test('gets no second budget with another method or encoding (AUTH-10) (ERR-10)', async () => {
    const { handler } = await createEndpoint()
    for (let guess = 0; guess < 10; guess++) await ask(handler, {}, from(`a+%41${guess}`))
    const inForm = { remoteAddress: ADDRESS }
    for (let guess = 0; guess < 11; guess++)
      await ask(handler, { client_id: 'orders-api', client_secret: `x${guess}` }, inForm)
    expect((await ask(handler, { client_id: 'orders-api', client_secret: SECRET }, inForm)).status).toBe(429)
  })

  test('ends after one minute', async () => {
    const clock = { ms: NOW * 1000 }
    const { handler } = await createEndpoint({ now: () => clock.ms })
    for (let guess = 0; guess < 21; guess++) await ask(handler, {}, from(`guess ${guess}`))
    expect((await ask(handler, {}, from(SECRET))).status).toBe(429)
    clock.ms += 60_000
    expect((await ask(handler, {}, from(SECRET))).status).toBe(200)
  })

  test('is counted by your own limiter, with the address that remoteAddress returns', async () => {
    const consume = vi.fn()
    const { handler } = await createEndpoint({
      clientAuthentication: { failures: { consume }, remoteAddress: (request) => request.header('x-real-ip') },
    })
    await ask(handler, {}, { headers: { authorization: basic('orders-api', 'wrong'), 'x-real-ip': '203.0.113.9' } })
    expect(consume.mock.calls).toEqual([
      ['orders-api 203.0.113.9', 1],
      ['203.0.113.9', 1],
    ])
  })

  test('is not counted when the option turns it off or the address is unknown', async () => {
    const { handler } = await createEndpoint({ clientAuthentication: { failures: false } })
    for (let guess = 0; guess < 30; guess++) await ask(handler, {}, from(`guess ${guess}`))
    expect((await ask(handler, {}, from(SECRET))).status).toBe(200)
    const { handler: fetchForm } = await createEndpoint()
    const wrong = post({ token: token('active') }, { authorization: basic('orders-api', 'wrong') })
    for (let guess = 0; guess < 30; guess++) expect((await send(fetchForm, wrong)).status).toBe(401)
  })

  test('leaves credentials out of answers and events (ERR-06)', async () => {
    const { handler, events } = await createEndpoint()
    const response = await ask(handler, {}, from('guess-Xq9'))
    expect(
      JSON.stringify([response, events.map((event) => ('error' in event ? String(event.error) : ''))]),
    ).not.toContain('guess-Xq9')
  })
})
