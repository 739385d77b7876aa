/** The command `doctor` on real authorization servers: ours, oidc-provider and better-auth. Healthy ones, and seeded faults. */
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningBetterAuth, startBetterAuth } from '../../../client/test/interop/better-auth-server.ts'
import {
  AUDIENCE,
  authority,
  JWT_AUDIENCE,
  ORDERS,
  type RunningProvider,
  SCOPE,
  startProvider,
  WEB,
} from '../../../client/test/interop/oidc-provider-server.ts'
import { run } from '../../src/run.ts'
import { doctor, type Printed } from '../doctor/run-command.ts'
import { memorySurroundings } from '../memory-surroundings.ts'

/** The credentials of a caller as environment variables. */
function as({ id, secret }: { readonly id: string; readonly secret: string }): Record<string, string> {
  return { TOKEN_INTROSPECTION_CLIENT_ID: id, TOKEN_INTROSPECTION_CLIENT_SECRET: secret }
}

describe('oidc-provider', () => {
  let provider: RunningProvider
  beforeAll(async () => {
    provider = await startProvider()
  })
  afterAll(() => provider[Symbol.asyncDispose]())

  async function examine(args: readonly string[], token?: string, environment: object = as(ORDERS)): Promise<Printed> {
    const files = { ca: authority, ...(token !== undefined && { token }) }
    const tokenArgs = token === undefined ? [] : ['--token-file', 'token']
    const all = ['--issuer', provider.issuer, '--ca-file', 'ca', ...tokenArgs, ...args]
    return (await doctor(all, { files, environment: environment as Record<string, string> })).printed
  }

  const issue = async (resource: string = AUDIENCE): Promise<string> =>
    (await provider.post('/token', { grant_type: 'client_credentials', scope: SCOPE, resource })).access_token

  test('is healthy', async () => {
    expect(await examine([])).toMatchObject({ verdict: 'healthy' })
    const printed = await examine(['--audience', AUDIENCE, '--scope', SCOPE], await issue())
    expect(printed).toMatchObject({ verdict: 'healthy', notes: [] })
  })

  test.each([
    ['a wrong secret', 'credentials_refused', as({ id: ORDERS.id, secret: 'wrong-s3cr3t' })],
    ['an unknown caller', 'credentials_refused', as({ id: 'nobody', secret: 'wrong-s3cr3t' })],
  ])('%s', async (_, name, environment) => {
    expect((await examine([], undefined, environment)).fault).toMatchObject({ name, step: 'credentials' })
  })

  test('an authority that this process does not trust', async () => {
    const { printed } = await doctor(['--issuer', provider.issuer], { environment: as(ORDERS) })
    expect(printed.fault).toMatchObject({ name: 'private_authority', step: 'connection' })
  })

  test('a slash at the end of the issuer', async () => {
    const printed = await examine(['--issuer', `${provider.issuer}/`])
    expect(printed.fault).toMatchObject({ name: 'trailing_slash', step: 'metadata' })
  })

  test('another path of the endpoint', async () => {
    const printed = await examine(['--endpoint', `${provider.issuer}/introspect`])
    expect(printed.fault).toMatchObject({ name: 'no_endpoint_here', step: 'endpoint' })
    expect(printed.fault?.fix).toContain(`${provider.issuer}/token/introspection`)
  })

  test('a slash at the end of the endpoint', async () => {
    const printed = await examine(['--endpoint', `${provider.issuer}/token/introspection/`])
    // The server accepts both, so nothing is wrong.
    expect(printed.fault?.name ?? 'none').toMatch(/^(?:none|trailing_slash)$/)
  })

  test('a JWT, which it does not introspect', async () => {
    const printed = await examine([], await issue(JWT_AUDIENCE))
    expect(printed.fault).toMatchObject({ name: 'token_type_unsupported', step: 'token' })
  })

  test('a refresh token', async () => {
    const { refresh_token } = await provider.exchangeCode()
    const printed = await examine(['--audience', AUDIENCE], refresh_token)
    expect(printed.fault?.name).toMatch(/refresh_token_given|missing_audience_mapper/)
  })

  test('a token for another audience', async () => {
    const printed = await examine(['--audience', 'https://billing.example.com'], await issue())
    expect(printed.fault).toMatchObject({ name: 'token_for_another_audience', step: 'policy', side: 'client' })
  })

  test('a revoked token', async () => {
    const token = await issue()
    await provider.post('/token/revocation', { token })
    expect((await examine([], token)).fault).toMatchObject({ name: 'token_not_known', isSure: false })
    expect(await examine(['--revoked'], token)).toMatchObject({ verdict: 'healthy' })
  })

  test('a revocation that did not arrive', async () => {
    expect((await examine(['--revoked'], await issue())).fault).toMatchObject({ name: 'revocation_unseen' })
  })

  test('the caller in two ways at once', async () => {
    const { clientSecretBasic, customClientAuthentication } = await import('@token-introspection/client')
    const basic = clientSecretBasic(WEB.id, WEB.secret)
    const clientAuthentication = customClientAuthentication({
      method: 'both',
      clientId: WEB.id,
      authenticate(draft) {
        void basic.authenticate(draft)
        draft.parameters['client_secret'] = WEB.secret
        draft.parameters['client_id'] = WEB.id
      },
    })
    const options = { issuer: provider.issuer, clientAuthentication, transport: { tls: { ca: authority } } }
    const { printed } = await doctor(['--config', 'c'], { modules: { c: { default: options } } })
    expect(printed.fault).toMatchObject({ name: 'two_methods', step: 'credentials' })
  })
})

describe('better-auth', () => {
  let server: RunningBetterAuth
  beforeAll(async () => {
    server = await startBetterAuth({ jwt: false })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  async function examine(args: readonly string[], token?: string, environment = as(server.orders)): Promise<Printed> {
    const tokenArgs = token === undefined ? [] : ['--token-file', 'token']
    const files = token === undefined ? {} : { token }
    return (await doctor(['--issuer', server.issuer, ...tokenArgs, ...args], { files, environment })).printed
  }

  const issue = async (): Promise<string> =>
    (await server.post('/oauth2/token', { grant_type: 'client_credentials', scope: SCOPE, resource: AUDIENCE }))
      .access_token

  test('is healthy', async () => {
    expect(await examine([])).toMatchObject({ verdict: 'healthy' })
    expect(await examine(['--audience', AUDIENCE, '--scope', SCOPE], await issue())).toMatchObject({
      verdict: 'healthy',
      notes: [],
    })
  })

  test('a wrong secret', async () => {
    const printed = await examine([], undefined, as({ ...server.orders, secret: 'wrong-s3cr3t' }))
    expect(printed.fault).toMatchObject({ name: 'credentials_refused', step: 'credentials' })
  })

  test('the wrong method', async () => {
    const printed = await examine([], undefined, as(server.ordersByPost))
    expect(printed.fault).toMatchObject({ name: 'wrong_method', step: 'credentials', side: 'resource_server' })
  })

  test('localhost in place of 127.0.0.1', async () => {
    const printed = await examine(['--issuer', server.issuer.replace('127.0.0.1', 'localhost')])
    expect(printed.fault).toMatchObject({ name: 'issuer_split', step: 'metadata' })
  })

  test('another path of the endpoint', async () => {
    const printed = await examine(['--endpoint', `${server.issuer}/introspect`])
    expect(printed.fault).toMatchObject({ name: 'no_endpoint_here', step: 'endpoint' })
  })

  test('a refresh token of another client', async () => {
    const { refresh_token } = await server.exchangeCode({ resource: AUDIENCE })
    // The answer is that of an unknown token, whatever the hint.
    expect((await examine([], refresh_token)).fault).toMatchObject({ name: 'token_not_known', isSure: false })
  })

  test('a token that this caller may not know about', async () => {
    const printed = await examine([], await issue(), as(server.billing))
    expect(printed.fault).toMatchObject({ step: 'token', side: 'authorization_server' })
  })
})

describe('our own server', () => {
  const SECRETS = { api: 'a secret: 100%é', other: 'other-s3cr3t', web: 'web-s3cr3t' }
  let url: string
  let surroundings: ReturnType<typeof memorySurroundings>
  let ended: Promise<number>
  beforeAll(async () => {
    const config = JSON.stringify({
      protectedResources: [
        { id: 'orders-api', secret: SECRETS.api, audiences: [AUDIENCE] },
        { id: 'billing-api', secret: SECRETS.other, audiences: ['https://billing.example.com'] },
      ],
      clients: [{ id: 'web', secret: SECRETS.web, scope: SCOPE, audiences: [AUDIENCE] }],
    })
    surroundings = memorySurroundings({ now: Date.now, files: { 'as.json': config } })
    ended = run(['serve', '--port', '0', '--config', 'as.json', '--json'], surroundings)
    while (!surroundings.out().endsWith('}\n')) await setImmediate()
    url = (JSON.parse(surroundings.out()) as { url: string }).url
  })
  afterAll(async () => {
    surroundings.interrupt()
    await ended
  })

  async function issue(args: readonly string[] = []): Promise<string> {
    const issuing = memorySurroundings({ now: Date.now, files: Object.fromEntries(surroundings.kept) })
    await run(['issue', '--port', new URL(url).port, '--scope', SCOPE, '--audience', AUDIENCE, ...args], issuing)
    return issuing.out().trim()
  }

  async function examine(args: readonly string[], token?: string, environment: object = {}): Promise<Printed> {
    const tokenArgs = token === undefined ? [] : ['--token-file', 'token']
    const files = token === undefined ? {} : { token }
    return (
      await doctor(['--issuer', url, ...tokenArgs, ...args], {
        files,
        environment: environment as Record<string, string>,
      })
    ).printed
  }

  test('is healthy, also with a secret of unusual characters', async () => {
    expect(await examine([])).toMatchObject({ verdict: 'healthy' })
    expect(await examine(['--audience', AUDIENCE, '--scope', SCOPE], await issue())).toMatchObject({
      verdict: 'healthy',
      notes: [],
    })
    expect(await examine(['--auth', 'client_secret_post'])).toMatchObject({ verdict: 'healthy' })
  })

  test('a wrong secret', async () => {
    const { fault } = await examine([], undefined, as({ id: 'orders-api', secret: 'wrong-s3cr3t' }))
    expect(fault).toMatchObject({ name: 'credentials_refused', step: 'credentials' })
  })

  test('localhost in place of 127.0.0.1', async () => {
    expect((await examine(['--issuer', url.replace('127.0.0.1', 'localhost')])).fault).toMatchObject({
      name: 'issuer_split',
    })
  })

  test('a token that is for another protected resource', async () => {
    const printed = await examine([], await issue(), as({ id: 'billing-api', secret: SECRETS.other }))
    expect(printed.fault).toMatchObject({ name: 'token_not_known', step: 'token', isSure: false })
  })

  test('a refresh token', async () => {
    const [, refresh = ''] = (await issue(['--refresh-expires-in', '600'])).split('\n')
    const { fault } = await examine([], refresh)
    expect(fault).toMatchObject({ step: 'token' })
    expect(fault?.name).toMatch(/refresh_token_given|token_not_known/)
  })
})
