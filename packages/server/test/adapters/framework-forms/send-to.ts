/** Sends requests to a framework that listens. */
import type { HttpHandler, HttpRequest } from '../../../src/index.ts'
import type { WireRequest, WireResponse } from '../../endpoint.ts'
import { dial, exchange, type HandlerForm } from '../../path/forms.ts'
import { startOnce } from '../../path/when-done.ts'
import type { FrameworkForm } from './framework-form.ts'

/** Sends one request to a framework over a connection. */
export async function sendTo(
  { start: startFramework }: Pick<FrameworkForm, 'start'>,
  handler: HttpHandler,
  request: WireRequest,
): Promise<WireResponse> {
  return await exchange(dial(await startFramework(handler)), request)
}

/** Starts a framework once for the tests of a `describe` block. Each request goes to the handler that its test has. */
export function startFrameworkOnce({ start: startFramework }: Pick<FrameworkForm, 'start'>): HandlerForm['send'] {
  let current: HttpHandler | undefined
  const mounted = (): HttpHandler => {
    if (current === undefined) throw new Error('no test has sent a request')
    return current
  }
  const handler: HttpHandler = Object.assign((request: Request) => mounted()(request), {
    handle: (request: HttpRequest) => mounted().handle(request),
  })
  const server = startOnce(() => startFramework(handler))
  return (ofTest, request) => {
    current = ofTest
    return exchange(dial(server()), request)
  }
}
