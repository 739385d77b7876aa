/** Full collections on demand, which needs Node's `--expose-gc`. */

/** Collects until what is left behind by finalizers is gone as well. */
export async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error('start with --expose-gc')
  for (let times = 0; times < 3; times++) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
