/** The members of an answer, with their meaning. */
import { absoluteTime, relativeTime } from '../terminal/relative-time.ts'
import { MEMBER_MEANINGS } from './member-meanings.ts'

/** A member of an answer. */
export interface DescribedMember {
  readonly name: string
  readonly value: unknown
  readonly meaning: string
  /** Where the meaning is written. `undefined` for a member that no standard registers. */
  readonly clause: string | undefined
  /** A moment as people say it. */
  readonly when: string | undefined
}

/** The members in the order of the table of meanings. Other members follow in the order of the answer. */
export function describeMembers(body: Readonly<Record<string, unknown>>, nowMs: number): DescribedMember[] {
  const registered = Object.keys(MEMBER_MEANINGS).filter((name) => Object.hasOwn(body, name))
  const others = Object.keys(body).filter((name) => !Object.hasOwn(MEMBER_MEANINGS, name))
  return [...registered, ...others].map((name) => {
    const value = body[name]
    const known = Object.hasOwn(MEMBER_MEANINGS, name) ? MEMBER_MEANINGS[name] : undefined
    return {
      name,
      value,
      meaning: known?.meaning ?? 'a member of this server; ask its documentation',
      clause: known?.clause,
      when:
        known?.isMoment === true && typeof value === 'number'
          ? `${relativeTime(value, nowMs)} (${absoluteTime(value)})`
          : undefined,
    }
  })
}
