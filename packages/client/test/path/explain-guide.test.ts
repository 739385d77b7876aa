/** The first example of the guide prints what the guide says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { expect, onTestFinished, test } from 'vitest'

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/operate/explain.md'), 'utf8')
const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(guide) ?? []
const [, printed = ''] = /```text\n([\s\S]*?)```/.exec(guide) ?? []
const now = 1_764_000_000

test('the text in the guide is what its example prints', async () => {
  const aud = 'https://billing.example.com'
  const members = { iss: 'https://as.example.com', sub: 'alice', client_id: 'web', token_type: 'Bearer' }
  const answer = { ...members, active: true, aud, scope: 'orders:list', exp: now + 3540, iat: now - 60 }
  const introspection = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    cache: {},
    transport: { fetch: () => Promise.resolve(Response.json(answer)) },
    now: () => now * 1000,
  })
  onTestFinished(() => introspection.close())
  const [, token = '', audience = '', scope = ''] =
    /explain\('(.+?)', \{\s+audience: '(.+?)',\s+scope: '(.+?)',/.exec(program) ?? []
  const explanation = await introspection.explain(token, { audience, scope })
  expect(`${explanation.toString().replace(/after \d+ ms/, 'after 12 ms')}\n`).toBe(printed)
})
