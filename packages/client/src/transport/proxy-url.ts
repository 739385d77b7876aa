/** Option `transport.proxy`: the URL of a proxy. */

/** Whether a text is the URL of an HTTP proxy. It may hold credentials. */
export function isProxyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return (protocol === 'http:' || protocol === 'https:') && hostname !== ''
}
