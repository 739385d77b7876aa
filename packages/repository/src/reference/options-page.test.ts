import { expect, test } from 'vitest'
import { Modules } from './modules.ts'
import { optionsRoots, writeOptionsPage } from './options-page.ts'

const files: Readonly<Record<string, string>> = {
  'client/index.ts': `export type { DoorOptions } from './door.ts'
export type { LockOptions } from './lock.ts'
export { openDoor } from './door.ts'
export { type OtherOptions, other } from './other.ts'`,
  'client/door.ts': `import type { LockOptions } from './lock.ts'
/** How a door opens. */
export interface DoorOptions {
  /** The number of the key (RFC 7662 §2). */
  readonly key: number
  /** How wide, in metres. Default 1, from 0 to 2. 0 keeps it shut. */
  readonly widthMetres?: number | undefined
  readonly lock?: LockOptions | false | undefined
}
/** Opens it. */
export function openDoor(options: DoorOptions): void {}`,
  'client/lock.ts': `/** How a lock turns. */
export interface LockOptions {
  /** \`left\` or \`right\`. */
  readonly turn?: 'left' | 'right' | undefined
}`,
  'client/other.ts': `import type { DoorOptions } from './door.ts'
import type { LockOptions } from './lock.ts'
/** Everything else. */
export interface OtherOptions extends Omit<DoorOptions, 'key'> {
  /** The name. */
  readonly name: string
  readonly spare?: LockOptions | undefined
}
export function other(options: OtherOptions): void {}`,
}
const modules = new Modules((path) => files[path] ?? '', new Map())
const entries = [{ name: 'client', folder: 'client', subpath: '', path: 'client/index.ts' }]

test('finds the types that functions take, and not their groups', () => {
  const roots = optionsRoots(entries, modules)
  expect(roots.map(({ found, takenBy }) => [found.declaration.name, takenBy])).toEqual([
    ['DoorOptions', ['openDoor(…)']],
    ['OtherOptions', ['other(…)']],
  ])
})

test('writes a table for each group, and describes an option once', () => {
  expect(writeOptionsPage('Options', optionsRoots(entries, modules), modules)).toBe(`---
pageClass: options
---

# Options

Every option, with the default and the limits that its docstring states. A name that is not listed here, or a value of another type, is a \`TypeError\`.

## \`openDoor(…)\`

How a door opens.

Type \`DoorOptions\` of \`client\`.

| option | default | meaning |
|---|---|---|
| \`key\`<br>\`number\` | **required** | The number of the key ([RFC 7662 §2](https://www.rfc-editor.org/rfc/rfc7662.html#section-2)). |
| \`widthMetres\`<br>\`number\` | 1, from 0 to 2 | How wide, in metres. |
| \`lock\`<br>\`LockOptions \\| false\` |  | How a lock turns. |

::: details More about these options
**\`widthMetres\`** How wide, in metres. Default 1, from 0 to 2. 0 keeps it shut.
:::

### \`lock\`

How a lock turns.

| option | default | meaning |
|---|---|---|
| \`lock.turn\`<br>\`'left' \\| 'right'\` |  | \`left\` or \`right\`. |

## \`other(…)\`

Everything else.

Type \`OtherOptions\` of \`client\`.

| option | default | meaning |
|---|---|---|
| \`name\`<br>\`string\` | **required** | The name. |
| \`spare\`<br>\`LockOptions\` |  | How a lock turns. |

Like [\`openDoor(…)\`](#opendoor): \`widthMetres\`, \`lock\`.

\`spare\` has the options of [\`lock\`](#lock).
`)
})
