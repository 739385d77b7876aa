import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createClientAuthenticator, createMemoryTokenStore } from '@token-introspection/server'
import { createTokenIssuer } from '@token-introspection/server/tokens'
import { describe, expect, test } from 'vitest'
import { createTokenEndpoint } from '../src/issuing/token-endpoint.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../src/issuing/main.ts', import.meta.url))

describe('the example of issuing', () => {
  test('gets the expected values and exits 0', async () => {
    const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', program])
    expect(stdout.match(/^✔ /gm)).toHaveLength(14)
    expect(stdout).toMatch(/everything as expected\n$/)
  })
})

describe('its token endpoint', () => {
  const client = { id: 'web', scope: ['read'], audience: 'urn:orders' }
  const endpoint = createTokenEndpoint({
    tokens: createTokenIssuer({ store: createMemoryTokenStore() }),
    authenticate: createClientAuthenticator({
      clientAuthentication: { clients: [{ id: 'web', clientSecrets: ['s'] }], realm: 'token' },
    }),
    clients: [client],
  })

  async function ask(body: string, headers: Record<string, string> = { authorization: 'Basic d2ViOnM=' }) {
    return await endpoint(
      new Request('https://as.example.com/token', { method: 'POST', body: new URLSearchParams(body), headers }),
    )
  }

  test.each([
    ['', 400, 'unsupported_grant_type'],
    ['grant_type=password', 400, 'unsupported_grant_type'],
    ['grant_type=refresh_token', 400, 'invalid_request'],
    ['grant_type=refresh_token&refresh_token=unknown', 400, 'invalid_grant'],
    ['grant_type=client_credentials&scope=read&scope=read', 400, 'invalid_request'],
    ['grant_type=client_credentials&scope=write', 400, 'invalid_scope'],
  ])('answers %j with %i and %s', async (body, status, error) => {
    const response = await ask(body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error })
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test('asks for credentials, and gives a token with them', async () => {
    const refused = await ask('grant_type=client_credentials', {})
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="token", charset="UTF-8"',
    ])
    const response = await ask('grant_type=client_credentials')
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'read' })
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})
