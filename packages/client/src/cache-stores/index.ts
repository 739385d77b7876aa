/** Cache stores that wrap another one. The entry is apart, because few clients need it. */
export { createEncryptedCacheStore, type EncryptedCacheStoreOptions } from './encrypted-cache-store.ts'
export { createTieredCacheStore, type TieredCacheStoreOptions } from './tiered-cache-store.ts'
