import { expect, test } from 'vitest'
import { BUNDLES } from '../page/bundle-sizes.ts'
import { measureBundle } from './measure-bundles.ts'

test.each(['client', 'server'] as const)('the page states the size of the %s, to a twentieth', async (side) => {
  const kilobytes = await measureBundle(side)
  expect(Math.abs(BUNDLES[side] - kilobytes), `measured ${kilobytes.toFixed(1)} kB`).toBeLessThan(kilobytes / 20)
})
