/** Ours: a store with a log of revocations. */
import { measureRevocations } from '../../measure/revocation-rounds.ts'

measureRevocations(true)
