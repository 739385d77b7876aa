import { expect, test } from 'vitest'
import { createTokensPage } from './tokens-page.ts'

const token = {
  id: 'qMCMmJB7U6vU2xIEAvsiKjcN932Esip9RLLQ-_VlHQk',
  kind: 'access_token' as const,
  client_id: 'web',
  sub: '<script>alert(1)</script>',
  aud: ['https://orders.example.com'],
  scope: '"\'&',
  iat: 1000,
  exp: 1060,
  grantId: undefined,
}
const request = { method: 'GET', header: () => undefined, readBody: () => '' }
const page = (tokens = [token]) =>
  createTokensPage(
    'http://127.0.0.1:9000',
    () => Promise.resolve({ tokens, isCut: false }),
    () => 1_000_000,
  )

test('shows tokens by the beginning of their identifier, with every text escaped', async () => {
  const { status, body } = await page().handle(request)
  expect(status).toBe(200)
  expect(body).toContain('<code>qMCMmJB7U6vU</code>')
  expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(body).toContain('&quot;&#39;&amp;')
  expect(body).toContain('>in 1 minute<')
  expect(body).not.toContain('<script')
})

test('allows nothing but its own style', async () => {
  const { headers, body } = await page().handle(request)
  const policy = headers['content-security-policy'] ?? ''
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  )
  const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? ''
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style)))
  expect(policy).toContain(Buffer.from(digest).toString('base64'))
  expect(headers['cache-control']).toBe('no-store')
})

test('refuses other methods, and says when the store fails', async () => {
  expect((await page().handle({ ...request, method: 'POST' })).status).toBe(405)
  const failing = createTokensPage(
    'http://a',
    () => Promise.reject(new Error('locked')),
    () => 0,
  )
  expect((await failing.handle(request)).status).toBe(503)
})
