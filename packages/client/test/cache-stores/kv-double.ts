/** A namespace of Workers KV in memory, with the limits of the real one. */
import type { KvNamespace } from '@token-introspection/client/cache-stores'

/** The limits that KV documents. */
const MAX_KEY_OCTETS = 512
const MIN_TTL_SECONDS = 60

/** Creates a namespace. Pages have two keys, so that a short list has several. */
export function createKvDouble(now: () => number = Date.now) {
  const values = new Map<string, { readonly value: string; readonly untilMs: number }>()
  const ttls: number[] = []
  const alive = (key: string): string | null => {
    const kept = values.get(key)
    return kept !== undefined && now() < kept.untilMs ? kept.value : null
  }
  const namespace: KvNamespace = {
    get: (key, { type }) => (type === 'text' ? Promise.resolve(alive(key)) : Promise.reject(new TypeError('type'))),
    put(key, value, { expirationTtl }) {
      if (new TextEncoder().encode(key).length > MAX_KEY_OCTETS) return Promise.reject(new Error('414 key too long'))
      if (!Number.isInteger(expirationTtl) || expirationTtl < MIN_TTL_SECONDS) {
        return Promise.reject(new Error(`400 invalid expiration_ttl of ${expirationTtl}`))
      }
      ttls.push(expirationTtl)
      values.set(key, { value, untilMs: now() + expirationTtl * 1000 })
      return Promise.resolve()
    },
    delete(key) {
      values.delete(key)
      return Promise.resolve()
    },
    list({ prefix, cursor = '' }) {
      const left = [...values.keys()].filter((key) => key.startsWith(prefix) && key > cursor).toSorted()
      const keys = left.slice(0, 2).map((name) => ({ name }))
      const last = keys.at(-1)?.name
      if (left.length <= 2 || last === undefined) return Promise.resolve({ keys, list_complete: true })
      return Promise.resolve({ keys, list_complete: false, cursor: last })
    },
  }
  return { namespace, values, ttls }
}
