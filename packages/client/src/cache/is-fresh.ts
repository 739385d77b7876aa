/** Step `cache`: whether a kept answer is young enough. */
import type { SourceSettings } from './answer-source.ts'
import type { CacheEntry } from './cache-store.ts'

/** Whether an entry may be used by its times. Each comparison states the good case, so that NaN lets no answer pass. */
export function isFresh(
  { askedAtMs, expiresAtMs }: CacheEntry,
  key: string,
  maxAgeSeconds: number | undefined,
  nowMs: number,
  { forgotten, tokenPart }: Pick<SourceSettings<unknown>, 'forgotten' | 'tokenPart'>,
): boolean {
  const ageMs = nowMs - askedAtMs
  // A negative age means that the clock was set back, so the age is unknown.
  if (!(ageMs >= 0 && nowMs < expiresAtMs)) return false
  if (maxAgeSeconds !== undefined && !(ageMs < maxAgeSeconds * 1000)) return false
  return !forgotten.covers(key, askedAtMs, tokenPart)
}
