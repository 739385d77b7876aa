/** Each guard of the guide to requirements lets the right token pass, and refuses another one as the table says. */
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { clientSecretBasic, type Guard, IntrospectionClient } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { GUARD_OPTIONS } from '../../src/policy/policy-options.ts'
import { readCodeBlocks } from '../../../repository/src/markdown/code-blocks.ts'

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/protect/requirements.md'), 'utf8')
const now = 1_764_000_000
const good = {
  iss: 'https://as.example.com',
  aud: 'https://orders.example.com',
  client_id: 'web',
  sub: 'alice',
  token_use: 'access',
  scope: 'orders:read orders:write',
  acr: 'urn:example:mfa',
  auth_time: now - 60,
  authorization_details: [{ type: 'payment_initiation', actions: ['initiate', 'status'], limit: 100 }],
  permissions: [{ resource_id: 'photo-1', resource_scopes: ['view'] }],
}

type Run = (introspection: IntrospectionClient) => Readonly<Record<string, Guard>>

/** Runs the examples under a heading, with a client whose authorization server says what the test wants. */
function runExamples(heading: string, answer: object): Readonly<Record<string, Guard>> {
  const section = guide.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  const code = readCodeBlocks(section).find(({ language }) => language === 'ts')?.text ?? ''
  const names = [...code.matchAll(/^export const (\w+)/gm)].map(([, name]) => name)
  const program = stripTypeScriptTypes(code.replaceAll(/^import .*$/gm, '')).replaceAll(/^export /gm, '')
  const introspection = new IntrospectionClient({
    issuer: 'https://as.example.com',
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    policy: { audience: 'https://orders.example.com' },
    transport: { fetch: () => Promise.resolve(Response.json({ active: true, ...answer })) },
    now: () => now * 1000,
  })
  const run = compileFunction(`${program}\nreturn { ${names.join(', ')} }`, ['introspection']) as Run
  return run(introspection)
}

const request = {
  method: 'GET',
  url: '/users/alice/orders',
  headers: new Headers({ authorization: 'Bearer 2YotnFZFEjr1zCsicMWpAA' }),
}

describe.each([
  ['An audience', 'forOrders', { aud: 'https://billing.example.com' }, 'audience'],
  ['An audience', 'forEither', { aud: 'urn:billing' }, 'audience'],
  ['An access token and no other kind', 'onlyAccessTokens', { token_use: 'id' }, 'token_kind'],
  ['An access token and no other kind', 'alsoJwtAsType', { token_type: 'refresh_token' }, 'token_kind'],
  ['An issuer', 'named', { iss: undefined }, 'issuer'],
  ['Scope: one, all or any', 'one', { scope: 'orders:write' }, 'scope'],
  ['Scope: one, all or any', 'all', { scope: 'orders:read' }, 'scope'],
  ['Scope: one, all or any', 'any', { scope: 'orders:read' }, 'scope'],
  ['Scope: one, all or any', 'byFunction', { scope: 'invoices:read' }, 'scope'],
  [
    'Authorization details',
    'mayInitiate',
    { authorization_details: [{ type: 'payment_initiation', actions: ['status'] }] },
    'authorization_details',
  ],
  ['Authorization details', 'maySpend', { authorization_details: [] }, 'authorization_details'],
  [
    'A permission of UMA',
    'mayView',
    { permissions: [{ resource_id: 'photo-2', resource_scopes: ['view'] }] },
    'permissions',
  ],
  ['A strong or recent login', 'strong', { acr: 'urn:example:pin' }, 'authentication'],
  ['A strong or recent login', 'recent', { auth_time: now - 301 }, 'authentication'],
  ['A strong or recent login', 'both', { acr: 'urn:example:password' }, 'authentication'],
  ['A user, a client, a tenant, or anything else', 'fromWeb', { client_id: 'shell' }, 'check'],
  ['A user, a client, a tenant, or anything else', 'ofAlice', { sub: 'bob' }, 'check'],
  ['A user, a client, a tenant, or anything else', 'ownOrders', { sub: 'bob' }, 'check'],
] as const)('%s: %s', (heading, name, lacking, reason) => {
  test('passes a token that has it', async () => {
    await expect(runExamples(heading, good)[name]?.(request)).resolves.toMatchObject({ allowed: true })
  })

  test('refuses a token that lacks it, as the table says', async () => {
    const refusal = await runExamples(heading, { ...good, ...lacking })[name]?.(request)
    if (refusal === undefined || refusal.allowed) throw new Error('it was allowed')
    const row = guide.split('\n').find((line) => line.startsWith('|') && line.includes(`| \`${reason}\` |`)) ?? ''
    const { error } = JSON.parse(refusal.body) as { error: string }
    expect(refusal.reason).toBe(reason)
    expect(row).toContain(`| ${refusal.status} \`${error}\``)
  })
})

test.each([
  ['Scope: one, all or any', 'all', { scope: 'orders:read' }],
  ['A strong or recent login', 'both', { acr: 'urn:example:password', auth_time: now - 301 }],
])('shows the challenge of "%s"', async (heading, name, lacking) => {
  const refusal = await runExamples(heading, { ...good, ...lacking })[name]?.(request)
  if (refusal === undefined || refusal.allowed) throw new Error('it was allowed')
  const section = guide.split(/^## /m).find((text) => text.startsWith(`${heading}\n`))
  expect(section).toContain(`\nHTTP/1.1 ${refusal.status} `)
  expect(section).toContain(`\nWWW-Authenticate: ${refusal.headers['www-authenticate']}\n`)
})

test.each(GUARD_OPTIONS)('names the option %s before the examples', (name) => {
  const [table = ''] = guide.split('\n## An audience\n')
  expect(table).toMatch(new RegExp(`\`${name}(?:: true)?\``))
})
