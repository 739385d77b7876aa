import { expect, test } from 'vitest'
import { announce } from './announce.ts'

test('the commands to copy hold every value as one word', () => {
  const lines = announce({
    issuer: 'http://127.0.0.1:9000',
    url: 'http://127.0.0.1:9000',
    port: 9000,
    configuration: {
      protectedResources: [{ id: "orders'; touch x #", secret: 's3cret-s3cret', audiences: ['https://a'] }],
      clients: [{ id: 'web', secret: 's3cret-s3cret', scope: ['$(id)\u001b[2J'], audiences: ['https://a'] }],
      isMadeUp: false,
    },
    flags: { port: 9000, host: '127.0.0.1', expiresIn: 60 },
  }).lines({ style: PLAIN, width: 80, now: 0 })
  expect(lines.filter((line) => line.startsWith('  token-introspection'))).toEqual([
    "  token-introspection issue --scope '$(id)\\u001b[2J' > token",
    "  token-introspection inspect --issuer http://127.0.0.1:9000 --client-id 'orders'\\''; touch x #' < token",
    '  token-introspection list',
  ])
})

const same = (text: string): string => text
const PLAIN = { title: same, good: same, bad: same, odd: same, faint: same, literal: same }
