/** Remembers values that are good for one use: the interface of a store, and a store in memory. */
export { createMemoryReplayStore, type MemoryReplayStoreOptions } from './memory-replay-store.ts'
export type { ReplayStore } from './replay-store.ts'
