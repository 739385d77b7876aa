/** A peer: lru-cache in front of oauth4webapi. Its keys are the tokens themselves. */
import { measureMixedPeer } from './measure-mixed-peer.ts'

measureMixedPeer((token) => token)
