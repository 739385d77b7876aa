/** Credentials as RFC 6749 §2.3.1 encodes them: everything that is not plain is escaped. */
export function basic(id: string, secret: string): string {
  return `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`
}
