import { expect, test } from 'vitest'
import { readGlobals } from './globals.ts'

test.each([
  ['Buffer.from(a)', ['Buffer']],
  ['let a: Buffer[] = []', ['Buffer']],
  ['typeof process === "object" && Deno.version', ['Deno', 'process']],
  ['interface A { b: Buffer }', ['Buffer']],
  ['class A { b: Buffer = c }', ['Buffer']],
  ['a[process]', ['process']],
  ['a.process', []],
  ['({ process: 1 })', []],
  ['class A { process() {} }', []],
  ['interface A { process: string }', []],
  ['// Buffer\n"Buffer"', []],
])('sees in %s the globals %j', (text, globals) => {
  expect(readGlobals(text, 'a.ts')).toEqual(globals)
})
