/** Where tests put what has to be closed again: at the end of the test, or of the block for what all its tests share. */
import { afterAll, beforeAll, onTestFinished } from 'vitest'

type Stop = () => unknown

/** The list of the block that is starting something now. */
let ofBlock: Stop[] | undefined

/** Calls `stop` when the test ends or, for something that {@link startOnce} starts, after the last test of the block. */
export function whenDone(stop: Stop): void {
  if (ofBlock === undefined) onTestFinished(async () => void (await stop()))
  else ofBlock.push(stop)
}

/**
 * Starts something before the first test of a `describe` block and stops it after the last one.
 *
 * @returns a function that returns what was started, for the tests of the block.
 */
export function startOnce<Started>(start: () => Promise<Started>): () => Started {
  const stops: Stop[] = []
  let started: { readonly value: Started } | undefined
  beforeAll(async () => {
    ofBlock = stops
    try {
      started = { value: await start() }
    } finally {
      ofBlock = undefined
    }
  })
  afterAll(async () => {
    for (const stop of stops) await stop()
  })
  return () => {
    if (started === undefined) throw new Error('only tests of the block may use what it starts')
    return started.value
  }
}
