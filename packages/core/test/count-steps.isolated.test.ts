import { expect, test } from 'vitest'
import { startCounting } from './count-steps.ts'

const countSteps = startCounting()

function loop(size: number, nested: boolean): number {
  let count = 0
  for (let a = 0; a < size; a++) {
    if (nested) for (let b = 0; b < size; b++) count++
    else count++
  }
  return count
}

test.each([
  [false, 10],
  [true, 100],
])('with nested loops %s, ten times the size takes %d times the steps', (nested, factor) => {
  // The first run compiles the functions, the counter's own included.
  loop(1, nested)
  const [small, large] = [300, 3000].map((size) => countSteps(() => loop(size, nested))) as [number, number]
  expect(large / small).toBeGreaterThan(factor * 0.8)
  expect(large / small).toBeLessThan(factor * 1.2)
})

test('counts the same number of steps in a second run', () => {
  loop(10, true)
  expect(countSteps(() => loop(50, true))).toBe(countSteps(() => loop(50, true)))
})
