/** Checks several clients, so that one that is down makes the others wait as little as possible. */
import type { CheckResult } from '../check.ts'

/** The result of {@link CombinedIssuers.check} and {@link FoundIssuers.check}. */
export interface IssuersCheck<Name extends string = string> {
  /** Whether every checked issuer is good. */
  readonly ok: boolean
  /** The {@link CheckResult} of each issuer, by its name. */
  readonly issuers: Readonly<Record<Name, CheckResult>>
}

/** How many clients are checked at once. */
const AT_ONCE = 16

/** Checks one client; `undefined` when it is closed by now. */
type CheckOne = () => Promise<CheckResult | undefined>

/** Checks every client once. */
export async function checkIssuers(checks: Iterable<readonly [name: string, check: CheckOne]>): Promise<IssuersCheck> {
  const waiting = [...checks].values()
  const results = new Map<string, CheckResult>()
  const work = async (): Promise<void> => {
    // All workers take their turns from the same iterator.
    for (const [name, check] of waiting) {
      const result = await check()
      if (result !== undefined) results.set(name, result)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const ok = [...results.values()].every((result) => result.ok)
  return Object.freeze({ ok, issuers: Object.freeze(Object.fromEntries(results)) })
}
