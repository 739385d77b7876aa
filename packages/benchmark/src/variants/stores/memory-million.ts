/** Ours: the Node handler over a memory store of a million tokens. */
import { serveMemory } from './serve-memory.ts'

serveMemory(1_000_000)
