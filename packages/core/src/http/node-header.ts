/** Reads header fields from Node's requests, for the adapters of both sides. */

/** The header fields of a Node message, or of a similar object that a framework or platform made. */
export interface NodeFields {
  /** Names and values in turn, as they arrived. */
  readonly rawHeaders?: readonly string[] | undefined
  /** Fields by lower-case name, as Node parsed them. Node drops some repeated fields. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
}

/**
 * Reads one header field. The values of a repeated field are joined by `, `, and those of `Cookie` by `; `: HTTP/2 clients
 * send each cookie in a field of its own (RFC 9113 §8.2.3).
 *
 * It reads `rawHeaders`, because `headers` silently drops a second `Authorization` field. Adapters of serverless
 * platforms create requests without `rawHeaders`; for those it reads `headers`, with names in any case.
 *
 * @param name - the name in lower case.
 * @returns `undefined` when the field is absent.
 */
export function readNodeHeader({ rawHeaders, headers }: NodeFields, name: string): string | undefined {
  if (rawHeaders === undefined || rawHeaders.length === 0) return joinNamed(headers, name)
  let value: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const field = rawHeaders[index] as string
    if (field.length === name.length && field.toLowerCase() === name) {
      value = value === undefined ? rawHeaders[index + 1] : `${value}${separatorOf(name)}${rawHeaders[index + 1]}`
    }
  }
  return value
}

function joinNamed(headers: NodeFields['headers'], name: string): string | undefined {
  const values = Object.entries(headers ?? {}).flatMap(([field, value]) =>
    field.toLowerCase() === name ? (value ?? []) : [],
  )
  return values.length === 0 ? undefined : values.join(separatorOf(name))
}

function separatorOf(name: string): string {
  return name === 'cookie' ? '; ' : ', '
}
