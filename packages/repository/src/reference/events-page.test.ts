import { describe, expect, test } from 'vitest'
import { eventLevels, type LogEvents } from './event-levels.ts'
import { writeEventsPage } from './events-page.ts'
import { Modules } from './modules.ts'

const files: Readonly<Record<string, string>> = {
  'door/index.ts': `export type { DoorEvent } from './events.ts'`,
  'door/events.ts': `interface Told {
  /** The door. */
  readonly door: string
}

/** Somebody opened it. It happens at day. */
export interface OpenedEvent extends Told {
  readonly type: 'opened'
  readonly by: Side
}

/** A knock. */
export interface HeardEvent extends Told {
  readonly type: 'knocked'
  /** Whether. */
  readonly heard: true
}

/** A knock for nobody. */
export interface UnheardEvent extends Told {
  readonly type: 'knocked'
  /** Whether. */
  readonly heard: false
}

/** Somebody knocked. Nobody may be there. */
export type KnockedEvent = HeardEvent | UnheardEvent

/** From where. */
export type Side =
  /** From the house. */
  | 'inside'
  | 'outside'

export type DoorEvent = OpenedEvent | KnockedEvent`,
}

/** Doors opened from outside are worth a warning. */
const logEvents: LogEvents =
  (logger) => (event: { readonly type: string; readonly by?: string; readonly status?: number }) => {
    const say = logger as unknown as Readonly<Record<'debug' | 'warn', () => void>>
    if (event.by === 'outside' || event.status === 500) say.warn()
    else say.debug()
  }

function write(text = files['door/events.ts'] ?? ''): string {
  const modules = new Modules((path) => (path === 'door/events.ts' ? text : (files[path] ?? '')), new Map())
  const side = {
    title: 'Events of a door',
    intro: 'Doors tell.',
    path: 'door/index.ts',
    unions: new Map([['Door', 'DoorEvent']]),
    logEvents,
  }
  return writeEventsPage([side], modules, () => undefined)
}

describe('writeEventsPage', () => {
  test('shows each event with its level and members, and what all events have once', () => {
    expect(write().slice(write().indexOf('## Events of a door'))).toBe(`## Events of a door

Doors tell.

| event | happens when |
|---|---|
| [\`opened\`](#opened) | Somebody opened it. |
| [\`knocked\`](#knocked) | Somebody knocked. |

Every event has:

| member | type | meaning |
|---|---|---|
| \`door\` | \`string\` | The door. |

### \`opened\`

Somebody opened it. It happens at day.

Level: \`debug\` when \`by\` is \`inside\`; \`warn\` when \`by\` is \`outside\`.

| member | type | meaning |
|---|---|---|
| \`by\` | \`'inside'\` or \`'outside'\` | From where. \`inside\`: From the house. |

### \`knocked\`

A knock.

Level: \`debug\`.

| member | type | meaning |
|---|---|---|
| \`heard\` | \`true\` | Whether. |

A knock for nobody.

Level: \`debug\`.

| member | type | meaning |
|---|---|---|
| \`heard\` | \`false\` | Whether. |
`)
  })

  test('refuses a member that no docstring explains', () => {
    expect(() => write((files['door/events.ts'] ?? '').replace('  /** The door. */\n', ''))).toThrow(
      'the member door of',
    )
  })
})

test('tells the level of an answer by its status', () => {
  expect(eventLevels(logEvents, new Map([['type', ['refused']]]), true)).toEqual([
    { level: 'debug', member: 'status', values: [499] },
    { level: 'warn', member: 'status', values: [500] },
  ])
})
