/** Explains step `cache`: what the cache has, and whether guards use it. */
import type { ExplainedCache } from './explanation.ts'
import { sayDuration } from '../result/say-duration.ts'
import type { Run } from './run.ts'

/** Explains the step. */
export function explainCache(run: Run): ExplainedCache {
  const { notes, steps, useCache, nowMs } = run
  const base = { step: 'cache', remedy: undefined, durationMs: notes.durationOf('cache') } as const
  const nothing = { isUsed: false, active: undefined, ageSeconds: undefined, usableForSeconds: undefined } as const
  if (!notes.wasCacheRead) {
    const isOff = run.wasAsked && steps !== undefined && steps.cache === undefined
    const detail = isOff ? 'off' : 'the cache was not looked at'
    return { ...base, ...nothing, outcome: 'skipped', found: isOff ? 'off' : undefined, detail }
  }
  if (notes.cacheFailure !== undefined) {
    const detail = 'cache.store.get failed, so the client goes on without the cache'
    return { ...base, ...nothing, outcome: 'failed', found: 'failed', detail }
  }
  const { kept } = notes
  if (kept === undefined) return { ...base, ...nothing, outcome: 'skipped', found: 'miss', detail: 'no answer is kept' }
  const ageSeconds = (nowMs() - kept.askedAtMs) / 1000
  if (kept.result === undefined) {
    const detail = `the kept answer is ${sayDuration(ageSeconds)} old, and no guard with these options uses it`
    return { ...base, ...nothing, outcome: 'skipped', found: 'unusable', ageSeconds, detail }
  }
  const { active } = kept.result
  const expiresIn = (kept.expiresAtMs - nowMs()) / 1000
  const usableForSeconds = Math.min(expiresIn, (run.maxAgeSeconds ?? Number.POSITIVE_INFINITY) - ageSeconds)
  const hit = { found: 'hit', isUsed: useCache, active, ageSeconds, usableForSeconds } as const
  const what = `${active ? 'active' : 'inactive'}, ${sayDuration(ageSeconds)} old, used for ${sayDuration(usableForSeconds)} more`
  if (useCache) return { ...base, ...hit, outcome: 'passed', detail: what }
  const result = notes.result
  const isOther = result !== undefined && result.active !== active
  const detail = isOther
    ? `guards still use a kept answer that differs from the answer of the server: ${what}`
    : `not used here; guards use a kept answer: ${what}`
  const remedy = isOther ? 'To make guards ask now, call forget(token) of the client.' : undefined
  return { ...base, ...hit, outcome: 'skipped', detail, remedy }
}
