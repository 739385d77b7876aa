import { describe, expect, test, vi } from 'vitest'
import { buildRequest, type IntrospectionQuestion } from './build-request.ts'
import type { ClientAuthentication, RequestDraft } from './client-authentication/client-authentication.ts'
import { clientSecretPost } from './client-authentication/client-secret-post.ts'
import { type Deadline, Deadlines } from './deadline.ts'

const endpoint = 'https://as.example.com/introspect?tenant=a'
const question = { token: 'a+b/c==', fingerprint: 'f1', tokenTypeHint: undefined, parameters: undefined }
const none: ClientAuthentication = { method: 'none', clientId: 'api', authenticate: () => undefined }

/** Builds a request. An immediate error becomes a rejection. */
async function build(
  asked: Partial<Record<keyof IntrospectionQuestion, unknown>> = {},
  clientAuthentication: ClientAuthentication = none,
  deadline: Deadline = new Deadlines(2000).start(),
  parameters?: Readonly<Record<string, string>>,
) {
  return buildRequest({ ...question, ...(asked as Partial<IntrospectionQuestion>) }, endpoint, deadline, {
    clientAuthentication,
    maxResponseBytes: 1024,
    accept: 'application/json',
    issuer: 'https://as.example.com',
    parameters,
  })
}

describe('buildRequest', () => {
  test('posts the token as a form and requests JSON, uncompressed', async () => {
    const deadline = new Deadlines(2000).start()
    expect(await build({}, none, deadline)).toEqual({
      method: 'POST',
      url: endpoint,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'token=a%2Bb%2Fc%3D%3D',
      maxResponseBytes: 1024,
      cancellation: deadline,
      fingerprint: 'f1',
    })
  })

  test('sends a hint and extra parameters when they are given', async () => {
    const { body } = await build({ tokenTypeHint: 'access_token', parameters: { resource: 'https://a/?b=c&d' } })
    expect([...new URLSearchParams(body)]).toEqual([
      ['token', 'a+b/c=='],
      ['token_type_hint', 'access_token'],
      ['resource', 'https://a/?b=c&d'],
    ])
  })

  test.each(['token', 'token_type_hint', 'client_secret', 'client_assertion', 'client_assertion_type'])(
    'refuses %s as an extra parameter',
    async (name) => {
      const built = build({ parameters: { [name]: 's3cr3t' } })
      await expect(built).rejects.toThrow(TypeError)
      await expect(built).rejects.toThrow(`parameters.${name}:`)
      await expect(built).rejects.not.toThrow('s3cr3t')
    },
  )

  test.each([[5], [null], [undefined], [['x']], [{}]])(
    'refuses %o as the value of an extra parameter',
    async (value) => {
      const built = build({ parameters: { resource: value } })
      await expect(built).rejects.toThrow(TypeError)
      await expect(built).rejects.toThrow('parameters.resource: must be a string')
    },
  )

  test('sends client_id as an extra parameter, for servers that require it beside the header', async () => {
    expect((await build({ parameters: { client_id: 'api' } })).body).toBe('token=a%2Bb%2Fc%3D%3D&client_id=api')
  })

  test('sends the parameters of every request, and lets those of the call override them', async () => {
    const fixed = { client_id: 'api', tenant: 'a' }
    const { body } = await build({ parameters: { tenant: 'b', resource: 'r' } }, none, undefined, fixed)
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      token: 'a+b/c==',
      client_id: 'api',
      tenant: 'b',
      resource: 'r',
    })
    expect(fixed).toEqual({ client_id: 'api', tenant: 'a' })
  })

  test('lets no extra parameter replace a parameter of the authentication method', async () => {
    const { body } = await build({ parameters: { client_id: 'other' } }, clientSecretPost('api', 'secret'))
    expect(new URLSearchParams(body).getAll('client_id')).toEqual(['api'])
  })

  test('lets no authentication method replace the token', async () => {
    const meddling: ClientAuthentication = {
      ...none,
      authenticate({ parameters }) {
        parameters['token'] = 'other'
        parameters['token_type_hint'] = 'other'
      },
    }
    expect((await build({}, meddling)).body).toBe('token=a%2Bb%2Fc%3D%3D')
  })

  test('does not change the parameters of the caller', async () => {
    const parameters = Object.freeze({ resource: 'x' })
    await build({ parameters }, clientSecretPost('api', 'secret'))
    expect(parameters).toEqual({ resource: 'x' })
  })

  test('gives the endpoint to the authentication method, and waits for it', async () => {
    const authenticate = vi.fn(async (draft: RequestDraft) => {
      await Promise.resolve()
      draft.headers['authorization'] = `Bearer for ${draft.endpoint}`
    })
    const { headers } = await build({}, { ...none, authenticate })
    expect(headers['authorization']).toBe(`Bearer for ${endpoint}`)
  })

  test('ignores a value that an authentication method returns by accident', async () => {
    const talkative = { ...none, authenticate: () => 'Bearer x' as unknown as undefined }
    expect((await build({}, talkative)).body).toBe('token=a%2Bb%2Fc%3D%3D')
  })

  test('waits for an authentication method until the deadline, not longer', async () => {
    const deadline = new Deadlines(2000).start()
    const built = build({}, { ...none, authenticate: () => new Promise(() => undefined) }, deadline)
    const reason = new Error('over')
    deadline.cancel(reason)
    await expect(built).rejects.toBe(reason)
  })
})
