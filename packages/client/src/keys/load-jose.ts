/** Loads jose when the first JWT has to be verified, so that other programs do not pay for it. */
import type * as jose from 'jose'

let loading: Promise<typeof jose> | undefined

/** The library, loaded once. */
export function loadJose(): Promise<typeof jose> {
  loading ??= import('jose')
  return loading
}
