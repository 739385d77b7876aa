/** The level at which a log has an event, found by writing the event in each of its forms. */
import type { EventLogger } from '@token-introspection/client'

/** Creates a listener of events that writes to a logger, as `logEvents` of either side does. */
export type LogEvents = (logger: EventLogger) => (event: never) => void

/** The members of an event that have few values, with each of these. `type` is one of them. */
export type Choices = ReadonlyMap<string, readonly unknown[]>

/** A level, and the member whose value causes it. Without a member it is the usual level of the event. */
export interface EventLevel {
  readonly level: string
  readonly member?: string
  readonly values?: readonly unknown[]
}

const LEVELS = ['error', 'warn', 'info', 'debug'] as const
/** The least status that says that the server is at fault. */
export const FAULT_OF_SERVER = 500
const STATUSES: Choices = new Map([['status', [FAULT_OF_SERVER - 1, FAULT_OF_SERVER]]])
const ERROR = { message: 'text', code: 'ERR_TEXT', retryable: false }

/** The usual level of an event first, then each value of a member that has another one. */
export function eventLevels(logEvents: LogEvents, choices: Choices, hasStatus: boolean): EventLevel[] {
  const all = new Map([...choices, ...(hasStatus ? STATUSES : [])])
  const usual = Object.fromEntries([...all].map(([name, values]) => [name, values.at(0)]))
  const levelOf = (members: object): string => levelWritten(logEvents, { ...usual, ...members })
  const found = [...all].flatMap(([member, values]) =>
    values.map((value) => ({ member, value, level: levelOf({ [member]: value }) })),
  )
  const deciding = [...Map.groupBy(found, ({ member }) => member).values()].find(
    (group) => new Set(group.map(({ level }) => level)).size > 1,
  )
  if (deciding === undefined) return [{ level: levelOf({}) }]
  const byLevel = [...Map.groupBy(deciding, ({ level }) => level)].toSorted(([, a], [, b]) => b.length - a.length)
  return byLevel.map(([level, group]) => ({
    level,
    member: group[0]?.member ?? '',
    values: group.map(({ value }) => value),
  }))
}

function levelWritten(logEvents: LogEvents, members: object): string {
  let written = ''
  const logger = Object.fromEntries(LEVELS.map((level) => [level, () => void (written = level)]))
  const write = logEvents(logger as unknown as EventLogger) as (event: object) => void
  write({ message: 'text', error: ERROR, client: {}, members: [], ...members })
  if (written === '') throw new Error(`no log has the event ${JSON.stringify(members)}`)
  return written
}
