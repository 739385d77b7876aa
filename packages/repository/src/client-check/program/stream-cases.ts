/** Cases for runtimes whose connections outlive a request. */
import { beatsCache } from './cache-cases.ts'
import type { SmokeCase } from './smoke-input.ts'

export const STREAM_CASES: Readonly<Record<string, SmokeCase>> = {
  'a revocation beats the cache, by an event stream': beatsCache(3600),
}
