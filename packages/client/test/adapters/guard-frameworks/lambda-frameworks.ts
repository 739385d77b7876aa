/** Lambda functions behind the services of AWS that pass them a request as an event. */
import { type GuardToken, isPreflight, type OptionalGuard } from '@token-introspection/client'
import { lambdaGuard, type LambdaEvent, type LambdaResult, toGuardRequest } from '@token-introspection/client/lambda'
import { createLambdaServer, EVENTS, type ToEvent } from '../../../../server/test/adapters/lambda-gateway.ts'
import { ASKED_FOR, fieldsBefore } from './fields-before.ts'
import type { GuardedFramework, Start } from './guarded-framework.ts'
import { listen } from './listen.ts'

const LAMBDA = { parsesForms: true, web: true, failure: 502 } as const
const PARAMETERS = { query: '?a=%20b&c=' }

export const lambdaFrameworks: readonly GuardedFramework[] = [
  { name: 'Lambda behind a function URL', start: startLambda(EVENTS['function URL']), ...LAMBDA },
  { name: 'Lambda behind a REST API', start: startLambda(EVENTS['REST API']), ...LAMBDA, ...PARAMETERS },
  {
    name: 'Lambda behind a load balancer with multi-value headers',
    start: startLambda(EVENTS['load balancer with multi-value headers']),
    ...LAMBDA,
    ...PARAMETERS,
  },
]

/** What the application sets before a guard elsewhere, it sets in a wrapper of the function here. */
function startLambda(toEvent: ToEvent): Start {
  return async (guard, handle, { passPreflights = false } = {}) => {
    const answer = (event: LambdaEvent, token: GuardToken<OptionalGuard>): LambdaResult => ({
      statusCode: 200,
      ...inTheFormOf(event, fieldsBefore(fieldOf(event, ASKED_FOR))),
      body: handle(token, bodyOfEvent(event)),
    })
    const guarded = lambdaGuard(guard, answer)
    const server = createLambdaServer(toEvent, async (event, context) => {
      if (passPreflights && isPreflight(toGuardRequest(event))) return answer(event, undefined)
      return exposingTotal(event, await guarded(event, context))
    })
    return listen(server)
  }
}

function fieldOf(event: LambdaEvent, name: string): string | undefined {
  return toGuardRequest(event).headers.get(name) ?? undefined
}

function bodyOfEvent({ body, isBase64Encoded }: LambdaEvent): string {
  return Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8').toString()
}

function inTheFormOf(event: LambdaEvent, fields: Record<string, string>): Partial<LambdaResult> {
  if (!event.multiValueHeaders) return { headers: fields }
  return {
    multiValueHeaders: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]])),
  }
}

function exposingTotal(event: LambdaEvent, result: LambdaResult): LambdaResult {
  const fields: Record<string, string> = {}
  for (const [name, values] of Object.entries({ ...result.headers, ...result.multiValueHeaders })) {
    fields[name] = String(values)
  }
  const exposed = new Set(['X-Total', ...(fields['access-control-expose-headers']?.split(', ') ?? [])])
  const all = { ...fields, 'access-control-expose-headers': [...exposed].join(', ') }
  return { ...result, ...inTheFormOf(event, all) }
}
