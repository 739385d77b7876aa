import { expect, test } from 'vitest'
import { positionFault } from './position-fault.ts'

test.each<[string, unknown, RegExp | undefined]>([
  ['a position', '1.a', undefined],
  ['a promise of one', Promise.resolve('1.a'), /must be a position.*a promise: write await$/],
  ['a receipt', { position: () => Promise.resolve('1.a') }, /the receipt: write await receipt\.position\(\)$/],
  ['another text', 'a b', /gives it$/],
  ['another object', {}, /gives it$/],
  ['null', null, /gives it$/],
])('%s', (_name, value, fault) => {
  if (fault === undefined) expect(positionFault(value)).toBeUndefined()
  else expect(positionFault(value)).toMatch(fault)
})
