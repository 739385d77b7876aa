import { expect, test } from 'vitest'
import { startCounting } from './count-steps.ts'

const countSteps = startCounting()

// Made after counting has begun, as the modules are that it is for.
const loops = (nested: boolean) =>
  // oxlint-disable-next-line no-new-func
  new Function(
    'size',
    `let n = 0; for (let a = 0; a < size; a++) { ${nested ? 'for (let b = 0; b < size; b++) { n++ }' : 'n++'} } return n`,
  ) as (size: number) => number

test.each([
  [false, 10],
  [true, 100],
])('ten times the size is %s nested: %d times the steps', (nested, factor) => {
  const run = loops(nested)
  const [small, large] = [300, 3000].map((size) => countSteps(() => run(size))) as [number, number]
  expect(large / small).toBeGreaterThan(factor * 0.8)
  expect(large / small).toBeLessThan(factor * 1.2)
})

test('counts the same twice', () => {
  const run = loops(true)
  run(10)
  expect(countSteps(() => run(50))).toBe(countSteps(() => run(50)))
})
