/** Cache stores that wrap another one, and those for Workers. The entry is apart, because few clients need it. */
export { createEncryptedCacheStore, type EncryptedCacheStoreOptions } from './encrypted-cache-store.ts'
export { createKvCacheStore, type KvCacheStoreOptions, type KvNamespace, type KvPage } from './kv-cache-store.ts'
export { createTieredCacheStore, type TieredCacheStoreOptions } from './tiered-cache-store.ts'
export { createWebCacheStore, type WebCache, type WebCacheStoreOptions } from './web-cache-store.ts'
