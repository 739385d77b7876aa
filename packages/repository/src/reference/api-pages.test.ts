import { expect, test } from 'vitest'
import { writeApiPages } from './api-pages.ts'
import { Modules } from './modules.ts'

const files: Readonly<Record<string, string>> = {
  'door/index.ts': `// Doors
export { type Door, openDoor } from './door.ts'
// Elsewhere
export { sharp } from 'razor'`,
  'door/door.ts': `/** A door. */
export interface Door {
  /** Its width, in metres. */
  readonly widthMetres: number
}
/**
 * Opens it.
 *
 * @param door - which one
 * @returns whether it is open
 * @example
 * openDoor(door)
 */
export function openDoor(door: Door): boolean { return true }`,
}
const modules = new Modules((path) => files[path] ?? '', new Map())
const entries = [
  { name: 'door', folder: 'door', subpath: '', path: 'door/index.ts' },
  { name: 'door/raw', folder: 'door', subpath: 'raw', path: 'door/door.ts' },
]
const pages = writeApiPages(entries, modules)

test('writes a page for each heading of a main entry, one for any other entry, and a list', () => {
  expect(pages.map(({ path }) => path)).toEqual(['index.md', 'door/doors.md', 'door/elsewhere.md', 'door-raw.md'])
  expect(pages[0]?.text).toContain(
    '**[door: Doors](door/doors.md)**: [`Door`](door/doors.md#door), [`openDoor`](door/doors.md#opendoor)',
  )
})

test('shows the docstring, the signature, the members and the tags of each name', () => {
  expect(pages[1]?.text).toBe(`# door: Doors

\`import { … } from 'door'\`

## \`Door\`

A door.

\`\`\`ts
interface Door {
  readonly widthMetres: number
}
\`\`\`

| member | meaning |
|---|---|
| \`widthMetres\` | Its width, in metres. |

## \`openDoor\`

Opens it.

\`\`\`ts
function openDoor(door: Door): boolean
\`\`\`

\`door\`: which one

Returns whether it is open

\`\`\`ts
openDoor(door)
\`\`\`
`)
})

test('says where a name of another project comes from', () => {
  expect(pages[2]?.text).toContain('## `sharp`\n\nFrom `razor`.')
})
