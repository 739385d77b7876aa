/** What is good once: the seam where it is remembered that something was used, and its form in memory. */
export { createMemoryReplayStore, type MemoryReplayStoreOptions } from './memory-replay-store.ts'
export type { ReplayStore } from './replay-store.ts'
