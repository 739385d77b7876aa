/** Options `store` and `source` of the revocation feed: the log that it serves. */
import type { OptionGroup } from '@token-introspection/core/options'
import type { RevocationSource } from '@token-introspection/core/revocations'

/** What a log must have. */
const METHODS = ['readAfter', 'onAppended'] as const

/** Anything that a caller without types may give. */
type Given = Readonly<Record<string, unknown>> | null | undefined

/** Reads the two options. */
export function resolveSource(group: OptionGroup): RevocationSource {
  if (group.has('store')) {
    if (group.has('source')) throw group.error('source', 'must be left out when store is given: a feed serves one log')
    return sourceOfStore(group, group.raw('store') as Given)
  }
  if (!group.has('source')) {
    throw group.error(
      'store',
      'is required: the token store, created with revocationLog: true. Or give source, for a relay',
    )
  }
  const source = group.raw('source') as Given
  if (isLog(source)) return source
  throw group.error('source', `must be a log or a relay, with readAfter() and onAppended()${remedyForSource(source)}`)
}

function sourceOfStore(group: OptionGroup, store: Given): RevocationSource {
  const log = store?.['revocations'] as Given
  if (isLog(log)) return log
  if (log !== undefined) throw group.error('store.revocations', 'must be a log, with readAfter() and onAppended()')
  if (isLog(store)) throw group.error('store', 'is a log or a relay and no store: give it as source')
  if (isPromise(store)) throw group.error('store', 'is a promise: await it first')
  if (typeof store !== 'object' || store === null) {
    throw group.error('store', 'must be a token store, created with revocationLog: true')
  }
  throw group.error('store', 'has no log: create it with the option revocationLog')
}

function remedyForSource(source: Given): string {
  if (isPromise(source)) return ', but is a promise: await it first'
  if (isLog(source?.['revocations'] as Given)) return ', but is a store: give it as store'
  if (typeof source?.['connect'] === 'function') return ', but is a follower: give relayRevocations(follower, options)'
  if (typeof source === 'function') return ', but is a function: call it'
  return '. For the log of a token store give store instead'
}

function isPromise(value: Given): boolean {
  return typeof value?.['then'] === 'function'
}

function isLog(value: Given): value is Given & RevocationSource {
  return METHODS.every((name) => typeof value?.[name] === 'function')
}
