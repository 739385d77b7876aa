/** The default transport under the condition `browser`: the `fetch` of a page, or of a worker whose bundler sets this condition. */
export { createDefaultTransport, SHARES_TIMERS } from './default-transport.ts'

/** A page keeps its timers. A worker without a document may lose them with the request that set them. */
export const TIMERS_OUTLIVE_REQUESTS = 'document' in globalThis
