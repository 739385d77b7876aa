/** Header fields of Node's requests, for the adapters of both sides. */

/** The fields of a message of Node, or of an object that a framework or platform made in its place. */
export interface NodeFields {
  /** Names and values in turn, as they arrived. */
  readonly rawHeaders?: readonly string[] | undefined
  /** What Node made of them: by lower-case name, some repeated fields dropped. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
}

/**
 * Reads one header field; values of a repeated field are joined by `, `.
 *
 * The raw fields are read, because `headers` drops a second `Authorization` without a word. Adapters of serverless platforms
 * make requests without raw fields: then `headers` is read, whatever the case of its names.
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
      value = value === undefined ? rawHeaders[index + 1] : `${value}, ${rawHeaders[index + 1]}`
    }
  }
  return value
}

function joinNamed(headers: NodeFields['headers'], name: string): string | undefined {
  const values = Object.entries(headers ?? {}).flatMap(([field, value]) =>
    field.toLowerCase() === name ? (value ?? []) : [],
  )
  return values.length === 0 ? undefined : values.join(', ')
}
