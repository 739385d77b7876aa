/** Draws a chart of horizontal bars as SVG, readable on a phone, on light and on dark pages. */

/** One bar. */
export interface Bar {
  readonly name: string
  readonly value: number
  /** Whether it is ours. Ours have a colour of their own. */
  readonly isOurs: boolean
}

/** A chart. */
export interface BarChart {
  readonly title: string
  /** What was measured, where and when. */
  readonly note: string
  readonly unit: string
  /** From top to bottom. */
  readonly bars: readonly Bar[]
}

const WIDTH = 400
const LEFT = 24
/** Room for the value of the longest bar. */
const LONGEST = 264
const ROW = 46

const STYLE = `  <style>
    svg { color-scheme: light dark }
    text { font: 14px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; fill: #1f2328 }
    .strong { font-weight: 600 }
    .small { font-size: 12.5px; fill: #59636e }
    .paper { fill: #ffffff; stroke: #d1d9e0 }
    .bar { fill: #afb8c1 }
    .ours { fill: #0d6b62 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .small { fill: #9ea7b3 }
      .paper { fill: #0d1117; stroke: #3d444d }
      .bar { fill: #656c76 }
      .ours { fill: #3fb9a9 }
    }
  </style>`

/** Draws the chart. The length of a bar is its share of the highest value. */
export function drawBarChart({ title, note, unit, bars }: BarChart): string {
  const highest = Math.max(...bars.map(({ value }) => value))
  const height = 78 + bars.length * ROW
  const rows = bars.flatMap(({ name, value, isOurs }, index) => {
    const y = 70 + index * ROW
    const length = Math.max(1, Math.round((value / highest) * LONGEST))
    return [
      text(LEFT, y + 12, name, isOurs ? 'strong' : undefined),
      `  <rect x="${LEFT}" y="${y + 18}" width="${length}" height="14" class="${isOurs ? 'ours' : 'bar'}"/>`,
      text(LEFT + length + 8, y + 30, `${formatFigure(value)} ${unit}`, isOurs ? 'strong' : undefined),
    ]
  })
  const description = bars.map(({ name, value }) => `${name}: ${formatFigure(value)} ${unit}`).join('. ')
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc">`,
    `  <title id="title">${escape(title)}</title>`,
    `  <desc id="desc">${escape(`${note}. ${description}.`)}</desc>`,
    STYLE,
    `  <rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" class="paper"/>`,
    text(LEFT, 30, title, 'strong'),
    text(LEFT, 50, note, 'small'),
    ...rows,
    '</svg>',
  ].join('\n')}\n`
}

function text(x: number, y: number, content: string, style?: string): string {
  return `  <text x="${x}" y="${y}"${style === undefined ? '' : ` class="${style}"`}>${escape(content)}</text>`
}

/** A figure with three digits. A measurement has no more. */
export function formatFigure(value: number): string {
  return String(Number(value.toPrecision(3)))
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
