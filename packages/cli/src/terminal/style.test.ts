import { expect, test } from 'vitest'
import { createStyle, showsColors } from './style.ts'

const terminal = { write: () => undefined, isTerminal: true, columns: 80, hasColors: true }
const pipe = { ...terminal, isTerminal: false, columns: undefined, hasColors: false }

test.each([
  ['a terminal', terminal, {}, true],
  ['a terminal without colours', { ...terminal, hasColors: false }, {}, false],
  ['a pipe', pipe, {}, false],
  ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
  ['a pipe with FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true],
  ['a pipe with an empty FORCE_COLOR', pipe, { FORCE_COLOR: '' }, true],
  ['a terminal with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ['FORCE_COLOR and NO_COLOR', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('%s', (_, output, environment, isColored) => {
  expect(showsColors(output, environment)).toBe(isColored)
  expect(createStyle(output, environment).bad('no') === 'no').toBe(!isColored)
})
