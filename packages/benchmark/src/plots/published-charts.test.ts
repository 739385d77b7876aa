/** The charts in `docs/pictures` show the published figures. `vitest -u` draws them again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drawBarChart, formatFigure } from './bar-chart.ts'
import { readPublishedCharts } from './published-charts.ts'

const page = readFileSync(join(import.meta.dirname, '../../../../docs/benchmarks/README.md'), 'utf8')

describe.each(Object.entries(readPublishedCharts()))('%s', (name, chart) => {
  test('is the chart in docs/pictures', async () => {
    const file = join(import.meta.dirname, `../../../../docs/pictures/${name}.svg`)
    await expect(drawBarChart(chart)).toMatchFileSnapshot(file)
  })

  test('has its figures in words on the page', () => {
    const words = page.split('\n').find((line) => line.endsWith(`(../pictures/${name}.svg)`))
    for (const { value } of chart.bars) expect(words).toContain(`${formatFigure(value)} ${chart.unit}`)
  })
})

test('a bar is as long as its share of the highest value', () => {
  const picture = drawBarChart({
    title: 'a',
    note: 'b',
    unit: 'ms',
    bars: [
      { name: 'one', value: 10, isOurs: true },
      { name: 'two', value: 40, isOurs: false },
    ],
  })
  const lengths = [...picture.matchAll(/width="(\d+)" height="14"/g)].map(([, length]) => Number(length))
  expect(lengths).toEqual([66, 264])
})
