/** Loads jose when it is first needed to sign, verify or encrypt, so that other applications do not load it. */

import type * as jose from 'jose'

let loading: Promise<typeof jose> | undefined

/** Returns the library. It is loaded once. */
export function loadJose(): Promise<typeof jose> {
  loading ??= import('jose')
  return loading
}
