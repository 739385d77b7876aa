/** The clock that every process of the computer shares. */
export function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n)
}
