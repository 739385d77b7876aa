/** A second yardstick: the same peer keeps digests in place of tokens, as our cache does. */
import { hash } from 'node:crypto'
import { measureMixedPeer } from './measure-mixed-peer.ts'

measureMixedPeer((token) => hash('sha256', token, 'base64url'))
