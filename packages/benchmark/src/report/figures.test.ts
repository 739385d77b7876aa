import { expect, test } from 'vitest'
import { type Figure, summarizeFigures } from './figures.ts'

const figures = (bytes: number, pauseMs: number | undefined): Figure[] => [
  { name: 'bytes', unit: 'B', over: 'worst', value: bytes },
  { name: 'pause', unit: 'ms', over: 'median', value: pauseMs },
]

test('keeps the worst or the median of all processes, and the value of each', () => {
  const summary = summarizeFigures([figures(300, 90), figures(310, 2), figures(290, 3)])
  expect(summary).toEqual([
    { name: 'bytes', unit: 'B', over: 'worst', values: [300, 310, 290], value: 310 },
    { name: 'pause', unit: 'ms', over: 'median', values: [90, 2, 3], value: 3 },
  ])
})

test('leaves out a process without a value', () => {
  const [, pause] = summarizeFigures([figures(300, undefined), figures(310, 2)])
  expect(pause?.values).toEqual([2])
  expect(pause?.value).toBe(2)
})

test('has no value when no process had one', () => {
  expect(summarizeFigures([figures(300, undefined)])[1]?.value).toBeUndefined()
  expect(summarizeFigures([])).toEqual([])
})
