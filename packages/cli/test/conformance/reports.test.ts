/** The reports in docs/conformance are what the suite says about these servers. `vitest -u` writes them again: then change their date, too. */
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import {
  startBetterAuth,
  AUDIENCE as BETTER_AUTH_AUDIENCE,
  SCOPE,
} from '../../../client/test/interop/better-auth-server.ts'
import { startJmondi } from '../../../client/test/interop/jmondi-server.ts'
import {
  AUDIENCE,
  authority,
  ORDERS,
  startProvider,
  SCOPE as ORDERS_SCOPE,
} from '../../../client/test/interop/oidc-provider-server.ts'
import { run } from '../../src/run.ts'
import { memorySurroundings } from '../memory-surroundings.ts'
import { CALLER, ENDED_TOKEN, environmentOf, GOOD_TOKEN, startHonestServer } from './honest-server.ts'

const REPORTS = join(import.meta.dirname, '../../../../docs/conformance')

/** A server under test. */
interface Tested extends AsyncDisposable {
  readonly url: string
  readonly caller: { readonly id: string; readonly secret: string }
  readonly goodToken: string
  readonly endedToken?: string
  readonly ca?: string
  /** Texts that differ from run to run, and what stands for them. */
  readonly varying?: Readonly<Record<string, string>>
}

/** The report, without what differs from run to run. */
async function reportOn({ url, caller, goodToken, endedToken, ca, varying = {} }: Tested): Promise<string> {
  const surroundings = memorySurroundings({
    environment: environmentOf(caller, goodToken, endedToken),
    files: { 'ca.pem': ca ?? '' },
  })
  await run(['conformance', url, '--timeout', '60', ...(ca === undefined ? [] : ['--ca-file', 'ca.pem'])], surroundings)
  expect(surroundings.err()).toBe('')
  const { port } = new URL(url)
  const stable = Object.entries({ [`:${port}`]: ':9000', [caller.id]: 'orders-api', ...varying }).reduce(
    (text, [from, to]) => text.replaceAll(from, to),
    surroundings.out(),
  )
  return stable
    .replaceAll(/\b1[7-9]\d{8}\b/g, '1764000000')
    .replaceAll(/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g, '(a UUID)')
}

async function ours(): Promise<Tested> {
  const server = await startHonestServer()
  return {
    url: server.url,
    caller: CALLER,
    goodToken: GOOD_TOKEN,
    endedToken: ENDED_TOKEN,
    [Symbol.asyncDispose]: server.close,
  }
}

async function oidcProvider(): Promise<Tested> {
  const as = await startProvider()
  const issue = async () =>
    (await as.post('/token', { grant_type: 'client_credentials', resource: AUDIENCE, scope: ORDERS_SCOPE }))
      .access_token
  const [goodToken, endedToken] = [await issue(), await issue()]
  await as.post<object>('/token/revocation', { token: endedToken })
  return {
    url: as.issuer,
    caller: ORDERS,
    goodToken,
    endedToken,
    ca: authority,
    [Symbol.asyncDispose]: () => as[Symbol.asyncDispose](),
  }
}

async function betterAuth(): Promise<Tested> {
  const as = await startBetterAuth({ jwt: false })
  const issue = async () =>
    (await as.post('/oauth2/token', { grant_type: 'client_credentials', scope: SCOPE, resource: BETTER_AUTH_AUDIENCE }))
      .access_token
  const [goodToken, endedToken] = [await issue(), await issue()]
  await as.post('/oauth2/revoke', { token: endedToken })
  return {
    url: as.issuer,
    caller: as.orders,
    goodToken,
    endedToken,
    varying: { [as.web.id]: 'web' },
    [Symbol.asyncDispose]: () => as[Symbol.asyncDispose](),
  }
}

async function jmondi(): Promise<Tested> {
  const caller = { id: 'orders-api', secret: 'orders-s3cr3t' }
  const as = await startJmondi({ callers: { [caller.id]: caller.secret } })
  const issue = async () =>
    (await as.post('/token', { grant_type: 'client_credentials', scope: 'orders:read' })).access_token
  return { url: as.endpoint, caller, goodToken: await issue(), [Symbol.asyncDispose]: () => as[Symbol.asyncDispose]() }
}

test.each([
  ['token-introspection', ours],
  ['oidc-provider', oidcProvider],
  ['better-auth', betterAuth],
  ['jmondi-oauth2-server', jmondi],
])('the report on %s is the one in the docs', async (name, start) => {
  // Some servers log what they refuse.
  vi.spyOn(console, 'error').mockReturnValue(undefined)
  vi.spyOn(console, 'log').mockReturnValue(undefined)
  await using server = await start()
  await expect(await reportOn(server)).toMatchFileSnapshot(join(REPORTS, '2026-11-30', `${name}.txt`))
})
