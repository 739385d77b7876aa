/** Lets calls that wait together share one read. It begins after all of them. */

/**
 * Creates a shared read. A call never gets the result of a read that began before it: when a read is under way, the call waits
 * for the next one, together with all other calls until then.
 */
export function createSharedRead<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined
  let next: Promise<Result> | undefined

  function begin(): Promise<Result> {
    const reading = read().finally(() => {
      if (running === reading) running = undefined
    })
    running = reading
    return reading
  }

  function beginNext(): Promise<Result> {
    next = undefined
    return begin()
  }

  return () => {
    if (running === undefined) return begin()
    next ??= running.then(beginNext, beginNext)
    return next
  }
}
