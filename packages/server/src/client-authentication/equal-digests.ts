/** Comparing digests so that the time says nothing about them. */
export { equalDigests } from '@token-introspection/core'
