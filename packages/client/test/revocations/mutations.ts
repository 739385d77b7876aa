/** Every rule taken out: clients and servers that must fail in the simulation. Nothing of this is in the published code. */
import type { RevocationState, RevocationStateSettings } from '../../src/revocations/revocation-state.ts'
import {
  AnyPlaceEngine,
  BeforeFeedEngine,
  IssuedLaterEngine,
  NotedAfterEngine,
  OwnPositionEngine,
  ProvenAgeEngine,
} from './mutations/answer-engines.ts'
import {
  ForgetfulEngine,
  KeepsAllEngine,
  LongInactiveEngine,
  TrustingEngine,
  UnknownSharedEngine,
} from './mutations/cache-engines.ts'
import { MonotonicEngine, WallEngine } from './mutations/clock-engines.ts'
import {
  AnyGapState,
  AnyPageState,
  FirstPageState,
  LateQuestionState,
  NoChainState,
  NoFloorState,
} from './mutations/feed-states.ts'
import type { CallParts, Parts, ServerParts } from './parts.ts'
import { RealEngine } from './real-engine.ts'
import { realParts } from './sound-parts.ts'

export interface Mutation {
  /** What is wrong. */
  readonly name: string
  readonly parts: Parts
  /** Within how many histories the simulation finds it. */
  readonly within: number
}

export const MUTATIONS: readonly Mutation[] = [
  { name: 'the position is noted after the answer', parts: realParts(NotedAfterEngine), within: 1000 },
  { name: 'no read_at is needed', parts: realParts(AnyPlaceEngine), within: 1000 },
  { name: 'events need not follow one another', parts: withState(NoChainState), within: 2000 },
  { name: 'a page counts whatever its question', parts: withState(AnyPageState), within: 6000 },
  { name: 'a gap counts whatever its question', parts: withState(AnyGapState), within: 8000 },
  { name: 'the floor is not raised at a gap', parts: withState(NoFloorState), within: 1000 },
  { name: 'what is known is known as of the arrival of the page', parts: withState(LateQuestionState), within: 1000 },
  { name: 'a page counts though there is more', parts: withState(FirstPageState), within: 3000 },
  { name: 'iat is compared with at', parts: realParts(IssuedLaterEngine), within: 1000 },
  { name: 'answers from before the feed move up', parts: realParts(BeforeFeedEngine), within: 1000 },
  {
    name: 'an answer without proof is kept though an event has named it',
    parts: realParts(KeepsAllEngine),
    within: 1000,
  },
  { name: 'the age of an answer counts as proven', parts: realParts(ProvenAgeEngine), within: 1000 },
  { name: 'the monotonic clock alone', parts: realParts(MonotonicEngine), within: 1000 },
  { name: 'the wall clock alone', parts: realParts(WallEngine), within: 1000 },
  { name: 'inactive answers are kept as long as active ones', parts: realParts(LongInactiveEngine), within: 1000 },
  { name: 'entries of other processes are trusted', parts: realParts(TrustingEngine), within: 1000 },
  { name: 'entries of other processes count without their event', parts: realParts(UnknownSharedEngine), within: 1000 },
  { name: 'notOlderThan sends the position of the client', parts: realParts(OwnPositionEngine), within: 2000 },
  { name: 'notOlderThan is forgotten in the cache', parts: realParts(ForgetfulEngine), within: 1000 },
  { name: 'a call with notOlderThan joins a request', parts: call({ joinsNothingOlder: false }), within: 8000 },
  { name: 'the check is before the last wait', parts: call({ checksLast: false }), within: 1000 },
  { name: 'any node answers the lease question', parts: server({ leaseReadsPrimary: false }), within: 1000 },
  { name: 'questions share an earlier read', parts: server({ leaseReadBeginsAfterQuestion: false }), within: 1000 },
  { name: 'unnumbered events are passed over', parts: server({ questionNumbers: false }), within: 1000 },
  { name: 'keys are made after a view', parts: server({ keysBeforeView: false }), within: 1000 },
  { name: 'the position is looked up after the token', parts: server({ positionBeforeLookup: false }), within: 1000 },
  { name: 'positions have no tag', parts: server({ positionsHaveTags: false }), within: 2000 },
]

function withState(State: new (settings: RevocationStateSettings) => RevocationState): Parts {
  return realParts(
    class extends RealEngine {
      protected override createState(settings: RevocationStateSettings): RevocationState {
        return new State(settings)
      }
    },
  )
}

function server(changes: Partial<ServerParts>): Parts {
  const parts = realParts()
  return { ...parts, server: { ...parts.server, ...changes } }
}

function call(changes: Partial<CallParts>): Parts {
  const parts = realParts()
  return { ...parts, call: { ...parts.call, ...changes } }
}
