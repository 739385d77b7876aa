import { expect, test } from 'vitest'
import { checkArchitecture } from './check-architecture.ts'

const parts = ['packages/client/src/introspect.ts', 'packages/client/src/policy/']
const there = [...parts, 'packages/client/src/policy/check-policy.ts', 'packages/client/src/policy']
const spine = '[spine](../packages/client/src/introspect.ts)'
const step = '[policy](../packages/client/src/policy/check-policy.ts)'

const check = (text: string) =>
  checkArchitecture({ path: 'docs/architecture.md', text }, parts, (path) => there.includes(path))

test.each([`${spine} ${step}`, `${spine} [policy/](../packages/client/src/policy/)`])(
  'has nothing against %s',
  (text) => {
    expect(check(text)).toEqual([])
  },
)

test.each([
  [
    'a step nobody links to',
    `${spine} \`policy\``,
    'docs/architecture.md does not lead to packages/client/src/policy/',
  ],
  ['a spine nobody links to', step, 'docs/architecture.md does not lead to packages/client/src/introspect.ts'],
  [
    'a link to nothing',
    `${spine} ${step}\n[x](../gone.ts)`,
    'docs/architecture.md:2 links to ../gone.ts, which does not exist',
  ],
])('complains about %s', (_, text, problem) => {
  expect(check(text)).toEqual([problem])
})
