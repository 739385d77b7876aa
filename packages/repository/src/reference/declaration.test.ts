import { expect, test } from 'vitest'
import { readDeclarations, readSourceModule } from './declaration.ts'

const source = `/** About the module. */
import type { B } from './b.ts'

/** Settings. */
export interface A extends Omit<B, 'x'> {
  /** How long. */
  readonly seconds?: number | undefined
  run(now: number): void
}

/** With text. */
export function f(a: string): string
/** With a number. */
export function f(a: number): number
export function f(a: string | number): string | number {
  return a
}

/** A door. */
export class Door {
  #key = 1
  private readonly lock = 2
  /** Opens it. */
  open(wide = true): boolean {
    return wide && this.#key > this.lock
  }
}

export const short = { a: 1 }
export const typed: number = 4 + 5
const long = {
  a: 1,
}
`
const declarations = readDeclarations(readSourceModule(source, 'a.ts'))

test('reads an interface with its members', () => {
  const found = declarations.get('A')
  expect(found).toMatchObject({
    kind: 'interface',
    doc: 'Settings.',
    members: [
      { name: 'seconds', doc: 'How long.', isOptional: true },
      { name: 'run', doc: '', isOptional: false, signature: 'run(now: number): void' },
    ],
  })
  expect(found?.signature).toMatch(/^interface A extends Omit<B, 'x'> \{\n\s*readonly seconds/)
  expect(found?.signature).not.toContain('How long')
})

test('puts overloads together, without the implementation', () => {
  expect(declarations.get('f')).toMatchObject({
    doc: 'With text.\n\nWith a number.',
    signature: 'function f(a: string): string\nfunction f(a: number): number',
  })
})

test('leaves out private members and bodies', () => {
  expect(declarations.get('Door')).toMatchObject({
    doc: 'A door.',
    signature: 'class Door {\n  open(wide = true): boolean\n}',
    members: [{ name: 'open', doc: 'Opens it.' }],
  })
})

test('shows a short value, the type of a value that has one, and no long value', () => {
  expect(declarations.get('short')?.signature).toBe('const short = { a: 1 }')
  expect(declarations.get('typed')?.signature).toBe('const typed: number')
  expect(declarations.get('long')?.signature).toBe('const long = …')
})
