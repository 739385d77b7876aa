/** Lambda functions. The services of AWS read the body, and pass the function an event. */
import type { Server } from 'node:http'
import { toLambdaHandler } from '../../../src/adapters/lambda.ts'
import type { HttpHandler } from '../../../src/index.ts'
import { listen } from '../../path/forms.ts'
import { createLambdaServer, EVENTS, type ToEvent } from '../lambda-gateway.ts'
import type { Exceptions, FrameworkForm } from './framework-form.ts'

// A REST API passes on every body as text.
const REST_API: Exceptions = { 'octets that are not UTF-8': 200 }

const LAMBDA = { web: true, streams: false } as const

export const lambdaForms: readonly FrameworkForm[] = [
  { name: 'Lambda behind a function URL', ...LAMBDA, start: startLambda(EVENTS['function URL']) },
  { name: 'Lambda behind a REST API', ...LAMBDA, start: startLambda(EVENTS['REST API']), exceptions: REST_API },
  {
    name: 'Lambda behind a load balancer with multi-value headers',
    ...LAMBDA,
    start: startLambda(EVENTS['load balancer with multi-value headers']),
  },
]

function startLambda(toEvent: ToEvent) {
  return (handler: HttpHandler): Promise<Server> => {
    const server = createLambdaServer(toEvent, toLambdaHandler(handler))
    return listen((request, response) => void server.emit('request', request, response))
  }
}
