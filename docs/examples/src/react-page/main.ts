/**
 * Starts an authorization server with a login form, an API, and a browser. Somebody signs in, sees the orders, and is cut off when
 * the session is revoked: `CHROMIUM=/usr/bin/chromium node docs/examples/src/react-page/main.ts`. With `--serve` both servers stay up, for
 * a browser of yours.
 */
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { findFreePort } from '../../../../packages/core/test/find-free-port.ts'
import { bundle } from '../checks/bundle.ts'
import { checkExample, type Expect } from '../checks/check-example.ts'
import { waitFor } from '../checks/wait-for.ts'
import { listen, stop } from '../demo/listen.ts'
import { createApi } from './api.ts'
import { createAuthorizationServer } from './authorization-server.ts'

const CLIENT_ID = 'orders-page'
const PASSWORD = 'wonderland'

const { values } = parseArgs({ options: { serve: { type: 'boolean', default: false } } })
const [asPort, apiPort] = [await findFreePort(), await findFreePort()]
const issuer = `http://127.0.0.1:${asPort}`
const origin = `http://127.0.0.1:${apiPort}`

const {
  app: authorizationServer,
  feed,
  store,
} = createAuthorizationServer({
  issuer,
  client: { id: CLIENT_ID, redirectUri: `${origin}/`, scope: 'orders:read' },
  protectedResource: {
    id: 'orders-api',
    clientSecrets: ['s3cr3t-of-orders'],
    audiences: ['https://orders.example.com'],
  },
  isPassword: (user, password) => user === 'alice' && password === PASSWORD,
})
const { app: api, introspection } = createApi({ issuer, clientSecret: 's3cr3t-of-orders', script: await bundlePage() })
const servers = [createServer(authorizationServer), createServer(api)] as const
await listen(servers[0], asPort)
await listen(servers[1], apiPort)

if (values.serve) console.log(`Open ${origin} and sign in as alice with ${PASSWORD}. Ctrl-C ends it.`)
else process.exitCode = await checkExample(visit)

async function visit(expect: Expect): Promise<void> {
  expect('the API becomes ready', await waitFor(async () => (await introspection.check()).ok), true)
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium' })
  const page = await browser.newPage()
  page.setDefaultTimeout(120_000)

  await page.goto(origin)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('User').fill('alice')
  await page.getByLabel('Password').fill('a guess')
  await page.getByRole('button', { name: 'Sign in' }).click()
  expect('a wrong password is refused', await page.getByRole('alert').textContent(), 'Wrong user or password.')
  await page.getByLabel('User').fill('alice')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()

  await page.getByRole('heading', { name: 'Orders of alice' }).waitFor()
  expect('alice sees her orders', await page.getByRole('listitem').allTextContents(), ['1 book', '2 pens'])
  expect('the address holds no code', page.url(), `${origin}/`)
  const isWatched = await waitFor(async () => introspection.statistics().feed?.isListening === true)
  expect('the API follows the feed', isWatched, true)

  const revokedAt = performance.now()
  await store.revokeSubject('alice')
  await page.getByRole('alert').waitFor()
  const afterMs = Math.round(performance.now() - revokedAt)
  const alert = await page.getByRole('alert').textContent()
  expect(`her session ends ${afterMs} ms after it is revoked`, alert, 'Your session has ended.')
  expect('because the feed said so', introspection.statistics().feed?.events, 1)
  expect('and the orders are gone', await page.getByRole('listitem').count(), 0)

  await browser.close()
  feed.close()
  await introspection.close()
  await Promise.all(servers.map(stop))
}

/** The page as one script. */
async function bundlePage(): Promise<string> {
  const built = await bundle(new URL('page/index.tsx', import.meta.url), 'react-page', {
    target: 'es2022',
    minify: true,
    define: {
      ISSUER: JSON.stringify(issuer),
      CLIENT_ID: JSON.stringify(CLIENT_ID),
      'process.env.NODE_ENV': '"production"',
    },
  })
  const script = readFileSync(built, 'utf8')
  rmSync(built)
  return script
}
