/** Option `transport.proxy`: the URL of a proxy. */

/** Whether a text is the URL of an HTTP proxy. It may hold credentials, in which a `%` begins an escape. */
export function isProxyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  return (protocol === 'http:' || protocol === 'https:') && hostname !== '' && isEscaped(`${username}:${password}`)
}

function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
