/** Positions of the logs of the stores: a counter, a dot and a random tag. */

/** The parts of a position. */
export interface LogPosition {
  /** How many events the log has had. */
  readonly number: number
  readonly tag: string
}

/** A position that a store can have made. Counters stay in the range of exact integers. */
const POSITION = /^(0|[1-9]\d{0,14})\.([\w-]{1,40})$/

/** Writes a position. */
export function writePosition({ number, tag }: LogPosition): string {
  return `${number}.${tag}`
}

/** Reads a position. `undefined` if no log of a store can have made it. */
export function readPosition(text: string): LogPosition | undefined {
  const [, number, tag] = POSITION.exec(text) ?? []
  return number === undefined || tag === undefined ? undefined : { number: Number(number), tag }
}
