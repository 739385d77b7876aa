/** Builds the API, starts it and an authorization server, and calls it: `node docs/examples/src/nest-api/main.ts`. */
import { rmSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { bundle } from '../checks/bundle.ts'
import { runExample } from '../checks/run-example.ts'
import { send } from '../checks/send.ts'
import { startProgram } from '../checks/start-program.ts'
import { waitFor } from '../checks/wait-for.ts'
import { ORDERS_API } from '../demo/authorization-server.ts'

process.exitCode = await runExample(async ({ as, expect }) => {
  // Node runs no decorators, so the program is built first. In your project, `nest build` does this.
  const built = await bundle(new URL('start.ts', import.meta.url), 'nest-api', {
    platform: 'node',
    packages: 'external',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  })
  const environment = { ISSUER: as.issuer, ORDERS_API_SECRET: ORDERS_API.secret }
  const api = await startProgram(pathToFileURL(built), environment)
  const orders = `${api.line}/orders`
  expect('a public route needs no token', (await send(`${orders}/health`)).body, { well: true })

  const reader = await as.issueToken()
  const writer = await as.issueToken({ sub: 'bob', scope: 'orders:read orders:write' })
  expect('orders need a token', (await send(orders)).status, 401)
  const becomesReady = await waitFor(async () => (await send(orders, { token: reader })).status === 200)
  expect('a token lists them', becomesReady, true)
  expect('bob saves one', (await send(orders, { method: 'POST', token: writer })).status, 201)
  expect('alice sees it', (await send(orders, { token: reader })).body, { orders: ['order of bob'], for: 'alice' })
  const saved = await send(orders, { method: 'POST', token: reader })
  expect('and may not save', [saved.status, saved.body], [403, { error: 'insufficient_scope' }])
  expect('a route that says nothing is closed', (await send(`${orders}/count`)).status, 401)
  expect('and opens for any good token', (await send(`${orders}/count`, { token: reader })).body, { count: 1 })
  await as.revokeToken(reader)
  expect('a revoked token is refused', (await send(orders, { token: reader })).status, 401)
  await api.stop()
  rmSync(built)
})
