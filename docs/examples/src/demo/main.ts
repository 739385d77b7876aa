/**
 * The demo: an authorization server and an API on loopback, and a walk through every state of a token. Exits with 1 when a
 * step has an unexpected result. `--serve` keeps both running and prints commands to try.
 */
import { parseArgs } from 'node:util'
import { startApi } from './api.ts'
import { ORDERS_API, startAuthorizationServer } from './authorization-server.ts'
import type { Exchange } from './record-exchange.ts'
import { createSteps } from './steps.ts'
import { walk } from './walk.ts'

const { values } = parseArgs({ options: { serve: { type: 'boolean', default: false } } })
const introspections: Exchange[] = []
const as = await startAuthorizationServer(values.serve ? 7662 : 0, (exchange) => introspections.push(exchange))
const api = await startApi(values.serve ? 7663 : 0, as.issuer)
console.log(`authorization server  ${as.issuer}\nAPI                   ${api.origin}`)

if (values.serve) {
  const token = await as.issueToken()
  console.log(`
A good token is   ${token}

Call the API      curl -i ${api.origin}/orders -H 'Authorization: Bearer ${token}'
Too little scope  curl -i -X POST ${api.origin}/orders -H 'Authorization: Bearer ${token}'
Introspect        curl -i ${as.issuer}/introspect -u ${ORDERS_API.id}:${ORDERS_API.secret} -d token=${token}
Revoke            curl ${as.issuer}/demo/revoke -d token=${token}
Issue another     curl ${as.issuer}/demo/issue --data-urlencode 'scope=orders:read orders:write'

Call the API again after revoking: the API refuses the very next request. Ctrl-C ends the demo.`)
} else {
  const steps = createSteps()
  const failed = await walk(steps, { as, api, introspections, print: (text) => console.log(text) })
  await api.stop()
  await as.stop()
  console.log(`\n${steps.length - failed} of ${steps.length} steps as expected`)
  process.exitCode = failed === 0 ? 0 : 1
}
