/** The sizes that the page states, in kilobytes: minified, compressed, without what is loaded later. A test measures them. */
export const BUNDLES = Object.freeze({ client: 99, server: 83 })
