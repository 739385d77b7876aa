/** The feed of revocations: its events, its pages, its keys and its source. */
export {
  isRevocationKey,
  isRevocationPosition,
  MAX_POSITION_LENGTH,
  REVOCATION_KINDS,
  type RevocationEvent,
  revocationEventSchema,
  type RevocationKind,
} from './revocation-event.ts'
export {
  createFoundRevocationKeys,
  createRevocationKeys,
  type RevocationKeys,
  revocationKeyCheck,
} from './revocation-keys.ts'
export {
  isChain,
  MAX_PAGE_BYTES,
  MAX_PAGE_EVENTS,
  parseReplayPage,
  parseRevocationPage,
  type RevocationPage,
  revocationPageSchema,
} from './revocation-page.ts'
export type { RevocationSource } from './revocation-source.ts'
