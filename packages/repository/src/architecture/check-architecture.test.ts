import { expect, test } from 'vitest'
import { checkArchitecture } from './check-architecture.ts'

const parts = ['packages/client/src/introspect.ts', 'packages/client/src/policy/']
const spine = '[spine](../packages/client/src/introspect.ts)'
const step = '[policy](../packages/client/src/policy/check-policy.ts)'

const check = (text: string) => checkArchitecture({ path: 'docs/architecture.md', text }, parts)

test.each([`${spine} ${step}`, `${spine} [policy/](../packages/client/src/policy/)`])('accepts %s', (text) => {
  expect(check(text)).toEqual([])
})

test.each([
  ['a step without a link', `${spine} \`policy\``, 'docs/architecture.md does not lead to packages/client/src/policy/'],
  ['a spine without a link', step, 'docs/architecture.md does not lead to packages/client/src/introspect.ts'],
])('reports %s', (_, text, problem) => {
  expect(check(text)).toEqual([problem])
})
