/** Builds a row of the walks. */
import type { OptionWalk } from '../../src/option-walk/option-walk.ts'

/** The functions that take options, by entry. */
export type WalksByEntry = Readonly<Record<string, readonly OptionWalk[]>>

/** One function, options that it accepts, and a call with changed options. */
export function walk(
  name: string,
  options: object,
  call: (options: never) => unknown,
  more: Partial<OptionWalk> = {},
): OptionWalk {
  return { name, path: '', options, call, ...more }
}
