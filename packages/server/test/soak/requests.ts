/** The requests of the soak, as octets. */

export const PROTECTED_RESOURCE = 'orders-api'
export const SECRET = 'orders-Jm4qWv7x'
export const AUDIENCE = 'https://orders.example.com'
export const TOKEN = 'tkn-active-5Bf41JqM'

const FORM = 'application/x-www-form-urlencoded'
export const BODY = `token=${TOKEN}`

export function credentials(secret: string): string {
  return `Basic ${btoa(`${PROTECTED_RESOURCE}:${secret}`)}`
}

/** The head of a request. `framing` is its header field for the length of the body. */
export function headOf(framing: string, contentType = FORM, secret = SECRET): string {
  const fields = [`content-type: ${contentType}`, `authorization: ${credentials(secret)}`, framing]
  return `POST /introspect HTTP/1.1\r\nhost: as.example.com\r\n${fields.join('\r\n')}\r\n\r\n`
}

/** A whole request. */
export function requestOf(body: string, secret = SECRET): string {
  return headOf(`content-length: ${body.length}`, FORM, secret) + body
}
