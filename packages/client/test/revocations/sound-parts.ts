/** The parts of the simulation, as they should be. */
import { NaiveEngine, type SharedEntries } from './naive-engine.ts'
import { RealEngine, SharedStore } from './real-engine.ts'
import type { Parts } from './parts.ts'

type EngineClass = new (...settings: ConstructorParameters<typeof RealEngine>) => RealEngine

/** The client of the package. */
export function realParts(Engine: EngineClass = RealEngine): Parts {
  return {
    createStore: () => new SharedStore(),
    createEngine: (clock, store) => new Engine(clock, store as SharedStore | undefined),
    server: {
      leaseReadsPrimary: true,
      leaseReadBeginsAfterQuestion: true,
      questionNumbers: true,
      keysBeforeView: true,
      positionBeforeLookup: true,
      positionsHaveTags: true,
    },
    call: { joinsNothingOlder: true, checksLast: true },
  }
}

/** The rules as a program of maps. */
export function naiveParts(): Parts {
  return {
    ...realParts(),
    createStore: () => new Map() satisfies SharedEntries,
    createEngine: (clock, store) => new NaiveEngine(clock, store as SharedEntries | undefined),
  }
}
