/** How late the API notices a revocation, and what bounds it. */
import type { OrdersApi } from './orders-api.ts'

/** How late the API can notice a revocation that happens now. */
export interface Lateness {
  readonly seconds: number
  /** `asks`: the next call asks. `feed`: the lease of the feed bounds it. `age`: the age of the kept answer bounds it. */
  readonly by: 'asks' | 'feed' | 'age'
}

/** How late the API notices a revocation when it may use the answer for this many seconds. */
export function latenessOf({ leaseSeconds, feed }: OrdersApi, usableForSeconds: number): Lateness {
  if (usableForSeconds === 0) return { seconds: 0, by: 'asks' }
  return feed !== undefined && leaseSeconds < usableForSeconds
    ? { seconds: leaseSeconds, by: 'feed' }
    : { seconds: usableForSeconds, by: 'age' }
}
