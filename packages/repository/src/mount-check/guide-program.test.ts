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
