/** Step `policy`: notices an audience that no token has. Guards that require it refuse every request, although nothing fails. */
import { onceAMinute } from '../events/once-a-minute.ts'

/** How many refusals in a row are reported. */
const REFUSALS = 20

/** How many audiences are counted. Otherwise a program that creates guards while it runs could fill the memory. */
const MAX_AUDIENCES = 100

/** Reports what to check, unless it did so within the last minute. Returns whether it did now. */
type Report = (message: string) => boolean

/** Counts the refusals of the guards of one client, for each audience that guards require. */
export class AudienceRefusals {
  readonly #counts = new Map<string, AudienceCount>()
  readonly #report: Report

  /**
   * @param report - gets what to check, at most once a minute.
   * @param nowMs - milliseconds since the epoch.
   */
  constructor(report: (message: string) => void, nowMs: () => number) {
    const isDue = onceAMinute(nowMs)
    this.#report = (message) => {
      if (!isDue('audience')) return false
      report(message)
      return true
    }
  }

  /**
   * The count for one audience, which all guards with this audience share. `undefined` for guards without an audience, and
   * after a hundred audiences.
   */
  countFor(audience: readonly string[] | false): AudienceCount | undefined {
    if (audience === false) return undefined
    const name = JSON.stringify(audience.toSorted())
    const known = this.#counts.get(name)
    if (known !== undefined || this.#counts.size >= MAX_AUDIENCES) return known
    const count = new AudienceCount(this.#report)
    this.#counts.set(name, count)
    return count
  }
}

/** Counts active tokens that lack one audience. It reports them once, until a token has the audience. */
export class AudienceCount {
  readonly #report: Report
  #refused = 0
  #isReported = false

  /** @param report - returns whether it reported. Otherwise the next refusal is reported. */
  constructor(report: Report) {
    this.#report = report
  }

  /** Counts a refused token. Tokens that are refused for another reason say nothing about the audience, and do not count. */
  refuse(detail: string | undefined): void {
    this.#refused += 1
    if (this.#refused >= REFUSALS && !this.#isReported) this.#isReported = this.#report(messageOf(detail))
  }

  /** A token has the audience, so both sides agree about it. */
  accept(): void {
    if (this.#refused === 0) return
    this.#refused = 0
    this.#isReported = false
  }
}

function messageOf(detail: string | undefined): string {
  return (
    `guards have refused ${REFUSALS} active tokens in a row for their audience, the last one because of ${detail}. Probably a setting ` +
    'is wrong, and every request is refused. At the authorization server: have it put the expected value into aud, for example by an ' +
    'audience mapper. At this resource server: correct the option audience, but never to a value that tokens for other APIs have, too. ' +
    'If other requests were let pass before, somebody may only be sending tokens for another API'
  )
}
