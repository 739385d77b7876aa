/** Step `cache`: arrays that have a place for each slot, and get more places as slots are needed. */

/**
 * An array of places, each `undefined`. `Array.from` calls a function for each place, which takes 8 to 25 times as long.
 */
export function emptySlots<Content>(count: number): (Content | undefined)[] {
  // oxlint-disable-next-line unicorn/no-new-array
  return new Array<Content | undefined>(count).fill(undefined)
}

/** The same contents, with more places behind them. */
export function moreSlots<Content>(slots: readonly (Content | undefined)[], count: number): (Content | undefined)[] {
  const more = emptySlots<Content>(count)
  for (const [slot, content] of slots.entries()) more[slot] = content
  return more
}

/** The same numbers, with zeros behind them. */
export function moreNumbers<Numbers extends Float64Array | Uint32Array | Uint8Array>(
  numbers: Numbers,
  count: number,
): Numbers {
  const more = new (numbers.constructor as new (length: number) => Numbers)(count)
  more.set(numbers)
  return more
}
