/** The default transport on Bun and Deno: their own `fetch`, in a process that outlives its requests. */
export { createDefaultTransport, SHARES_TIMERS } from './default-transport.ts'

/** A timer may work for later requests. */
export const TIMERS_OUTLIVE_REQUESTS = true
