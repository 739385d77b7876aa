/** The explanation in the guide is what the handler says. `vitest -u` writes it again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createIntrospectionHandler, createMemoryTokenStore } from '../../src/index.ts'

const GUIDE = join(import.meta.dirname, '../../../../docs/run/policy.md')
/** The one explanation of the guide. Only explanations begin like this. */
const EXPLANATION = /(?<=^```text\n)inactive: .*?(?=^```$)/ms

test('the explanation of the guide is that of the handler', async () => {
  const store = createMemoryTokenStore()
  await store.save('a-token', {
    kind: 'access_token',
    client_id: 'web',
    sub: 'alice',
    aud: 'https://invoices.example.com',
    iat: Math.floor(Date.now() / 1000),
    exp: Math.floor(Date.now() / 1000) + 600,
  })
  const handler = createIntrospectionHandler({
    issuer: 'https://as.example.com',
    clientAuthentication: {
      protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'], audiences: ['https://orders.example.com'] }],
    },
    lookup: { store },
  })
  const explanation = await handler.explain('a-token', { protectedResource: 'orders-api' })
  const guide = readFileSync(GUIDE, 'utf8')
  expect(guide).toMatch(EXPLANATION)
  expect(guide).toContain(`console.log(explanation.reason) // '${explanation.reason}'`)
  await expect(guide.replace(EXPLANATION, () => `${String(explanation)}\n`)).toMatchFileSnapshot(GUIDE)
})
