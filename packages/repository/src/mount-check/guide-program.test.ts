import { expect, test } from 'vitest'
import { guideProgram } from './guide-program.ts'

test.each(['Next', 'Bun', 'Deno', 'Workers'])('takes the example for %s, with its handler from a module', (heading) => {
  const program = guideProgram(heading, './endpoint.js')
  expect(program).toContain("import { introspection } from './endpoint.js'")
  expect(program).toContain('introspection(request)')
  expect(program).not.toContain(': Request')
})

test.each([
  ['Express', 'no example to mount'],
  ['Nowhere', 'no ts under Nowhere'],
])('refuses %s, which has no program', (heading, complaint) => {
  expect(() => guideProgram(heading, './endpoint.js')).toThrow(complaint)
})

test.each([
  ['Next, pages router', 'export default toNodeHandler(introspection)'],
  ['Nitro', 'export default ({ req }'],
])('takes the example for %s', (heading, exported) => {
  const program = guideProgram(heading, './endpoint.js')
  expect(program).toContain("import { introspection } from './endpoint.js'")
  expect(program).toContain(exported)
})

test('takes the example for Nitro 2 as it is, because it imports its handler itself', () => {
  expect(guideProgram('Nitro 2', '../endpoint')).toContain("import { introspection } from '../endpoint'")
})
