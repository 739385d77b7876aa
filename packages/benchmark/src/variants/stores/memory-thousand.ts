/** Ours: the Node handler over a memory store of a thousand tokens. */
import { serveMemory } from './serve-memory.ts'

serveMemory(1000)
