/** A URL as messages and events name it. */

/** A URL without its query, because the query of an endpoint may hold a key. */
export function withoutQuery(url: string): string {
  return url.split('?', 1)[0] as string
}
