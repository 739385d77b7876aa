/** Functions and objects of the application that options take. */

/** An object of the application. It is used as it is: its members are not options. */
export function seam<Members extends object>(members: Members): Members {
  return Object.assign(Object.create({ isSeam: true }) as Members, members)
}

export const never = (): Promise<never> => Promise.reject(new Error('nothing is sent here'))
export const now = (): number => 1_764_000_000_000
export const nothing = (): void => undefined
export const send = seam({ sendCommand: () => Promise.resolve(null) })
export const cacheStore = seam({ get: () => undefined, set: nothing, delete: nothing, clear: nothing })
export const replayStore = seam({ remember: () => Promise.resolve(true) })
export const limiter = seam({
  consume: () => Promise.resolve({}),
  get: () => Promise.resolve(null),
  delete: () => Promise.resolve(),
})
export const meter = seam({
  createHistogram: () => ({ record: nothing }),
  createCounter: () => ({ add: nothing }),
  addBatchObservableCallback: nothing,
  removeBatchObservableCallback: nothing,
})
export const tracer = seam({ startSpan: nothing })
export const claimsSchema = seam({
  '~standard': { version: 1, vendor: 'us', validate: (value: object) => ({ value }) },
})
