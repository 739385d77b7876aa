/** Latencies of one round, in an array that is allocated once. */

/** The quantile of the first `count` values. */
export function quantileOfFilled(values: Float64Array, count: number, fraction: number): number {
  const sorted = values.subarray(0, count).toSorted()
  return sorted[Math.min(count - 1, Math.floor(count * fraction))] ?? Number.NaN
}
