import { describe, expect, test, vi } from 'vitest'
import type { ClientAuthentication } from './client-authentication/client-authentication.ts'
import { Deadlines } from './deadline.ts'
import { exchange } from './exchange.ts'
import type { TransportRequest } from './transport.ts'

const endpoint = 'https://as.example.com/introspect'
const question = { token: 'abc', fingerprint: 'f1', tokenTypeHint: undefined, parameters: undefined }

async function ask(
  statuses: number[],
  methods: Partial<ClientAuthentication>,
  deadline = new Deadlines(2000).start(),
  challenge?: string,
) {
  const requests: TransportRequest[] = []
  let count = 0
  const clientAuthentication: ClientAuthentication = {
    method: 'counting',
    clientId: 'api',
    authenticate({ headers }) {
      headers['authorization'] = `Bearer ${++count}`
    },
    ...methods,
  }
  const send = (request: TransportRequest) => {
    requests.push(request)
    return Promise.resolve({
      status: statuses.shift() as number,
      header: (name: string) => (name === 'www-authenticate' ? challenge : undefined),
      body: new Uint8Array(),
    })
  }
  const settings = {
    clientAuthentication,
    maxResponseBytes: 1024,
    accept: 'application/json',
    issuer: undefined,
    send,
    retry: undefined,
  }
  const reply = await exchange(question, endpoint, deadline, settings)
  return { status: reply.status, requests, sent: requests.map(({ headers }) => headers['authorization']) }
}

describe('exchange', () => {
  test('asks once more with new credentials when the first are refused', async () => {
    const renew = vi.fn(() => true)
    const { status, sent, requests } = await ask([401, 200], { renew })
    expect(status).toBe(200)
    expect(sent).toEqual(['Bearer 1', 'Bearer 2'])
    expect(renew.mock.calls).toEqual([[requests[0], expect.objectContaining({ status: 401 })]])
  })

  test('never asks a third time', async () => {
    const { status, sent } = await ask([401, 401, 200], { renew: () => true })
    expect(status).toBe(401)
    expect(sent).toHaveLength(2)
  })

  test.each([
    ['the error is another one', [404, 200], { renew: () => true }, 404],
    ['the request was wrong, and no challenge mentions a token', [400, 200], { renew: () => true }, 400],
    ['the answer is good', [200], { renew: () => true }, 200],
    ['the credentials have not changed', [401, 200], { renew: () => Promise.resolve(false) }, 401],
    ['the renewal returns another value than true', [401, 200], { renew: () => 'yes' as unknown as boolean }, 401],
    ['the method cannot renew', [401, 200], {}, 401],
  ])('does not ask again when %s', async (_, statuses, methods, expected) => {
    const { status, sent } = await ask(statuses, methods)
    expect(status).toBe(expected)
    expect(sent).toHaveLength(1)
  })

  test.each([
    [403, undefined],
    [403, 'Bearer realm="api", error="invalid_token"'],
    [400, 'Bearer realm="Doorkeeper", error="invalid_request"'],
    [400, 'Basic realm="as", Bearer error="invalid_token"'],
    [400, 'DPoP error="invalid_token"'],
  ])('treats %i with the challenge %s as a refusal of the credentials', async (status, challenge) => {
    const asked = await ask([status, 200], { renew: () => true }, undefined, challenge)
    expect(asked.status).toBe(200)
    expect(asked.sent).toEqual(['Bearer 1', 'Bearer 2'])
  })

  test.each([
    [403, 'Bearer error="insufficient_scope", scope="introspect"'],
    [400, 'Basic realm="as"'],
    [400, 'Basic realm="bearer of bad news"'],
  ])('does not treat %i with the challenge %s as such a refusal', async (status, challenge) => {
    const asked = await ask([status, 200], { renew: () => true }, undefined, challenge)
    expect(asked.status).toBe(status)
    expect(asked.sent).toHaveLength(1)
  })

  test('waits for a renewal until the deadline, not longer', async () => {
    const deadline = new Deadlines(2000).start()
    const reason = new Error('over')
    const renew = () => {
      deadline.cancel(reason)
      return new Promise<boolean>(() => undefined)
    }
    await expect(ask([401], { renew }, deadline)).rejects.toBe(reason)
  })

  test('signs the whole request last, and lets the signer only add fields', async () => {
    const signRequest = vi.fn(() => ({ 'x-signature': 's', authorization: 'replaced', 'content-type': 'text/plain' }))
    const { requests } = await ask([200], { signRequest })
    const { headers, body } = requests[0] as TransportRequest
    const { 'x-signature': signature, ...rest } = headers
    expect(signature).toBe('s')
    expect(rest).toMatchObject({ authorization: 'Bearer 1', 'content-type': 'application/x-www-form-urlencoded' })
    expect(signRequest.mock.calls).toEqual([[{ method: 'POST', url: endpoint, headers: rest, body: 'token=abc' }]])
    expect(body).toBe('token=abc')
  })
})
