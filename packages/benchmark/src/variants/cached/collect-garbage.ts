/** Full collections on demand. Node needs `--expose-gc`. */

/** Collects until the objects with finalizers are gone as well. */
export async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error('start with --expose-gc')
  for (let times = 0; times < 3; times++) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
