/** `Authorization` values that were just read from octets, as an HTTP server passes them on. */

/**
 * Returns one value after the other. Each is a new string, whose hash code the engine has not computed yet. A string that was
 * looked up before keeps its hash code, so its lookup would cost less than that of any real one.
 */
export class PresentedHeaders {
  readonly #octets: LatinOctets
  readonly #starts: Uint32Array
  readonly #order: Uint32Array
  #next = 0

  /** @param tokens - in ASCII. They are presented in a random order that is the same in every process. */
  constructor(tokens: readonly string[]) {
    const values = tokens.map((token) => `Bearer ${token}`)
    this.#octets = Buffer.from(values.join(''), 'latin1') as unknown as LatinOctets
    this.#starts = new Uint32Array(values.length + 1)
    for (const [index, value] of values.entries()) {
      this.#starts[index + 1] = (this.#starts[index] as number) + value.length
    }
    this.#order = shuffledIndices(values.length)
  }

  /** The next value. */
  next(): string {
    const index = this.#order[this.#next] as number
    this.#next = this.#next + 1 === this.#order.length ? 0 : this.#next + 1
    return this.#octets.latin1Slice(this.#starts[index], this.#starts[index + 1])
  }
}

/** The method behind `toString('latin1')`. Called directly, it costs about as much as in the parser of `node:http`. */
interface LatinOctets {
  latin1Slice(start: number | undefined, end: number | undefined): string
}

/** Every index once, in a random order that is always the same (Fisher and Yates). */
function shuffledIndices(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  let state = 0x2545f491
  for (let last = count - 1; last > 0; last--) {
    // Xorshift, because `Math.random` accepts no seed.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    const other = (state >>> 0) % (last + 1)
    const held = order[last] as number
    order[last] = order[other] as number
    order[other] = held
  }
  return order
}
