/** Loads jose when something is first signed, verified or encrypted: whoever needs none of it does not pay for it. */

import type * as jose from 'jose'

let loading: Promise<typeof jose> | undefined

/** The library, loaded once. */
export function loadJose(): Promise<typeof jose> {
  loading ??= import('jose')
  return loading
}
