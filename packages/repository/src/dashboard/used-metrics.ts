/** The metrics and labels that queries of Prometheus use. */

/** A selector: the names of metrics that it matches, and its labels with the values that it names. */
export interface Selector {
  readonly name: RegExp
  readonly labels: readonly { readonly label: string; readonly value: string | undefined }[]
}

const METRIC = 'token_introspection_(?:client|server)_[a-z_]+'

/**
 * Every selector of our metrics in a query. A metric stands before its braces, or in them as `__name__`. Labels by which a sum is made
 * belong to the selectors of that sum, and to those after it up to the next one.
 */
export function usedSelectors(query: string): Selector[] {
  const pattern = new RegExp(`by \\(([^)]*)\\)|(${METRIC})?\\{([^}]*)\\}|(${METRIC})`, 'g')
  let grouped: readonly string[] = []
  return [...query.matchAll(pattern)].flatMap(([, by, before, braces, alone]) => {
    if (by !== undefined) {
      grouped = by.split(',').map((label) => label.trim())
      return []
    }
    const matchers = [...(braces ?? '').matchAll(/(\w+)\s*(=~|!=|!~|=)\s*"([^"]*)"/g)].map(
      ([, label = '', operator, value]) => ({
        label,
        value,
        isExact: operator === '=',
      }),
    )
    const name = before ?? alone ?? matchers.find(({ label }) => label === '__name__')?.value
    if (name === undefined) throw new Error(`a selector without a metric in ${query}`)
    const named = matchers.filter(({ label }) => label !== '__name__')
    return [
      {
        name: new RegExp(`^(?:${name})$`),
        labels: [
          ...named.map(({ label, value, isExact }) => ({ label, value: isExact ? value : undefined })),
          ...grouped.map((label) => ({ label, value: undefined })),
        ],
      },
    ]
  })
}

/** The samples of a text of Prometheus: for each name, its labels with their values. */
export function readSamples(text: string): Map<string, Map<string, Set<string>>> {
  const samples = new Map<string, Map<string, Set<string>>>()
  for (const line of text.split('\n')) {
    const [, name, braces = ''] = /^([a-z_]+)(?:\{(.*)\})? \S+/.exec(line) ?? []
    if (name === undefined) continue
    const labels = samples.get(name) ?? new Map<string, Set<string>>()
    samples.set(name, labels)
    for (const [, label = '', value = ''] of braces.matchAll(/(\w+)="([^"]*)"/g))
      labels.set(label, (labels.get(label) ?? new Set<string>()).add(value))
  }
  return samples
}
