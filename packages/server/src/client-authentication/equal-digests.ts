/** Compares digests in constant time. */
export { equalDigests } from '@token-introspection/core'
