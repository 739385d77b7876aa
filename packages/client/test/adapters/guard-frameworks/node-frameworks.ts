/** The guard on `node:http`, which has three forms. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Guard, isPreflight } from '@token-introspection/client'
import { addHeaders, nodeGuard, sendRefusal, toGuardRequest } from '@token-introspection/client/node'
import { bodyOf } from './body-of.ts'
import { setFieldsBefore } from './fields-before.ts'
import type { GuardedFramework, Start } from './guarded-framework.ts'
import { listen } from './listen.ts'

const startNode: Start = (guard, handle, { passPreflights = false } = {}) => {
  const mayPass = nodeGuard(guard as Guard)
  return listenWith(async (request, response) => {
    const isFree = passPreflights && isPreflight(toGuardRequest(request))
    const token = isFree ? undefined : await mayPass(request, response)
    if (isFree || token !== undefined) response.end(handle(token, await bodyOf(request)))
  })
}

const startNodeListener: Start = (guard, handle, { passPreflights = false } = {}) => {
  const listener = nodeGuard(guard, async (request, response, token) => {
    response.end(handle(token, await bodyOf(request)))
  })
  return listenWith(async (request, response) => {
    if (passPreflights && isPreflight(toGuardRequest(request))) response.end(handle(undefined, ''))
    else await listener(request, response)
  })
}

const startNodeByHand: Start = (guard, handle, { passPreflights = false } = {}) => {
  return listenWith(async (request, response) => {
    const guarded = toGuardRequest(request)
    if (isPreflight(guarded)) {
      if (passPreflights) response.end(handle(undefined, ''))
      else response.writeHead(204).end()
      return
    }
    const decision = await guard(guarded)
    if (decision.allowed) {
      addHeaders(decision.headers, response)
      response.end(handle(decision.token, await bodyOf(request)))
    } else {
      sendRefusal(decision, response)
    }
  })
}

/** The least that a program on Node does about an uncaught error. */
function listenWith(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
  return listen((request, response) => {
    setFieldsBefore(request, response)
    answer(request, response).catch(() => response.writeHead(500).end())
  })
}

export const nodeFrameworks: readonly GuardedFramework[] = [
  { name: 'Node', start: startNode, parsesForms: false, takesOptional: false },
  { name: 'Node with a handler', start: startNodeListener, parsesForms: false },
  { name: 'Node by hand', start: startNodeByHand, parsesForms: false },
]
