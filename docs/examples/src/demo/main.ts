/**
 * The demo: an authorization server and an API on loopback, and a walk through every state of a token. In the last step two
 * APIs follow the revocation feed. Exits with 1 when a step has an unexpected result. `--serve` keeps both running and prints commands to try.
 */
import { parseArgs } from 'node:util'
import { startApi } from './api.ts'
import { ORDERS_API, startAuthorizationServer } from './authorization-server.ts'
import { beatCache } from './beat-cache.ts'
import type { Exchange } from './record-exchange.ts'
import { createSteps } from './steps.ts'
import { walk } from './walk.ts'

/** How long the step about revocations may take. A revocation is noticed within 30 s, the default of `leaseSeconds`. */
const BEAT_CACHE_MS = 45_000

const { values } = parseArgs({ options: { serve: { type: 'boolean', default: false } } })
const introspections: Exchange[] = []
const print = (text: string): void => console.log(text)
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
  const failedSteps = await walk(steps, { as, api, introspections, print })
  print(`\n── ${steps.length + 1}. A token is revoked while two APIs remember that it was good\n`)
  const differences = await beatCache({ as, introspections, print, signal: AbortSignal.timeout(BEAT_CACHE_MS) })
  print(differences.length === 0 ? '   ✔ as expected' : `   ✘ ${differences.join('; ')}`)
  const failed = failedSteps + (differences.length === 0 ? 0 : 1)
  await api.stop()
  await as.stop()
  print(`\n${steps.length + 1 - failed} of ${steps.length + 1} steps as expected`)
  process.exitCode = failed === 0 ? 0 : 1
}
