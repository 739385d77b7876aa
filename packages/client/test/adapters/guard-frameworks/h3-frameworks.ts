/** h3, which has no adapter: its request is a web request. */
import { isPreflight } from '@token-introspection/client'
import { H3, toNodeHandler as toH3Listener } from 'h3'
import { type GuardedFramework, PATH, type Start } from './guarded-framework.ts'
import { listen } from './listen.ts'

const startH3: Start = (guard, handle, { passPreflights = false } = {}) => {
  const app = new H3({ silent: true }).all(PATH, async ({ req }) => {
    const isFree = isPreflight(req)
    if (isFree && !passPreflights) return new Response(null, { status: 204 })
    const decision = isFree ? undefined : await guard(req)
    if (decision?.allowed === false) return decision.toResponse()
    return new Response(handle(decision?.token, await req.text()), decision)
  })
  return listen(toH3Listener(app))
}

export const h3Frameworks: readonly GuardedFramework[] = [
  { name: 'h3', start: startH3, parsesForms: true, web: true, bare: true },
]
