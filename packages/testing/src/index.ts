/** For tests of resource servers, authorization servers and stores. */

// A fake authorization server
export {
  createFakeAuthorizationServer,
  type FakeAuthorizationServer,
  type FakeAuthorizationServerOptions,
  type FakeToken,
  type Outage,
} from './fake-authorization-server.ts'
export { type Clock, createFakeClock, type FakeClock, type FakeClockOptions } from './fake-clock.ts'

// Wire vectors
export {
  type DigestVector,
  type HistoryState,
  type HistoryStep,
  type HistoryVector,
  type JwtVector,
  type KeyVector,
  type PageVector,
  type ReplayVector,
  revocationVectors,
  type StreamVector,
} from './vectors/revocation-vectors.ts'
export { wireVectors } from './vectors/wire-vectors.ts'

// Contract suites for the seams
export type { ContractCase } from './contract/contract-case.ts'
export { cacheStoreContract } from './contract/cache-store-contract.ts'
export { replayStoreContract, type ReplayStoreContractOptions } from './contract/replay-store-contract.ts'
export { type FollowedFeed, revocationFollowerContract } from './contract/revocation-follower-contract.ts'
export type { LoggedStores } from './contract/logged-stores.ts'
export { revocationLogContract } from './contract/revocation-log-contract.ts'
export { tokenConsumptionContract, tokenListContract, tokenStoreContract } from './contract/token-store-contract.ts'
