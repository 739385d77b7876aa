/** Step `response`: finds the tolerated deviations with which an answer could be read. */
import {
  isIntrospectionError,
  type JsonObject,
  parseJsonObject,
  readIntrospectionResponse,
} from '@token-introspection/core'
import { decodeUtf8 } from './decode-utf8.ts'
import { tolerate } from './tolerate.ts'
import { type Tolerance, type ToleranceOptions, toleranceDefaults } from './tolerance-options.ts'

const NAMES = Object.keys(toleranceDefaults) as readonly (keyof ToleranceOptions)[]

/**
 * The fewest further options with which every member of the answer can be read; none when no options make it readable.
 *
 * @param body - the answer, as the server sent it.
 * @param tolerance - what is tolerated already.
 */
export function findTolerances(body: Uint8Array, tolerance: Tolerance | undefined): (keyof ToleranceOptions)[] {
  const answer = parse(body)
  const base: Tolerance = tolerance ?? { ...toleranceDefaults, aliases: [], renames: [] }
  const isReadableWith = (names: readonly string[]): boolean =>
    answer !== undefined &&
    isReadable(tolerate(answer, { ...base, ...Object.fromEntries(names.map((name) => [name, true])) }))
  let needed = NAMES.filter((name) => !base[name])
  if (!isReadableWith(needed)) return []
  for (const name of needed) {
    const others = needed.filter((other) => other !== name)
    if (isReadableWith(others)) needed = others
  }
  return needed
}

/** The advice to turn options on; `undefined` when none helps. */
export function adviseTolerances(options: readonly (keyof ToleranceOptions)[]): string | undefined {
  if (options.length === 0) return undefined
  return `The whole answer can be read with ${options.map((name) => `response.tolerate.${name}`).join(' and ')}`
}

function parse(body: Uint8Array): JsonObject | undefined {
  return orNothing(() => parseJsonObject(decodeUtf8(body)))
}

function isReadable(answer: JsonObject): boolean {
  const response = orNothing(() => readIntrospectionResponse(answer))
  return response !== undefined && !(response.active && response.unreadableMembers !== undefined)
}

function orNothing<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (isIntrospectionError(error)) return undefined
    throw error
  }
}
