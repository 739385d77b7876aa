/** The base: a store without a log of revocations. */
import { measureRevocations } from '../../measure/revocation-rounds.ts'

measureRevocations(undefined)
