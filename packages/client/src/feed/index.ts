/** Follows what an authorization server revokes. The entry is apart, so that a client without a feed does not carry it. */
export { connectFollower, type OwnConnection, type ReachOptions } from './connect-follower.ts'
export { followFeed, type FollowFeedOptions } from './follow-feed.ts'
export { relayRevocations, type RelayOptions, type RevocationRelay } from './relay-revocations.ts'
export type {
  FollowerSurroundings,
  RevocationBound,
  RevocationConnection,
  RevocationFollower,
} from '../revocations/revocation-follower.ts'
