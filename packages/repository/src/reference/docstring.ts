/** A docstring as Markdown that a page can show. */

/** The parts of a docstring. */
export interface Docstring {
  /** The Markdown before the first tag. */
  readonly text: string
  readonly tags: readonly { readonly name: string; readonly text: string }[]
}

/** Reads a docstring, without the marks of its comment. Links to names become code. */
export function parseDocstring(doc: string): Docstring {
  const [text = '', ...tags] = doc
    .replaceAll(/\{@link ([^}|\s]+)(?:[\s|]+([^}]+))?\}/g, (_, name: string, label?: string) => label ?? `\`${name}\``)
    .split(/^@(?=[a-z])/m)
  return {
    text: text.trim(),
    tags: tags.map((tag) => {
      const [, name = '', rest = ''] = /^(\w+)\s*(.*)$/s.exec(tag) ?? []
      return { name, text: rest.trim() }
    }),
  }
}

/** The first sentence. It ends with a full stop before a space and a capital, a digit or code. */
export function firstSentence(text: string): string {
  const [paragraph = ''] = text.split(/\n\s*\n/)
  const line = paragraph.replaceAll(/\s+/g, ' ').trim()
  return /^.+?\.(?= +[A-Z0-9`{(]|$)/.exec(line)?.[0] ?? line
}

/** The default that a docstring states: `30, from 0 to 86400` of “Default 30, from 0 to 86400.” */
export function statedDefault(text: string): string | undefined {
  const line = text.replaceAll(/\s+/g, ' ')
  const sentence = /(?:^|[.)`] )Default (.+?)(?:\.(?= |$)|$)/.exec(line)?.[1]
  // Another value for each of several cases is too long for a table.
  return sentence?.startsWith('with') === true ? 'depends' : sentence?.replace(/[:;] .*$/, '')
}

/** The text without the sentence that states the default. */
export function withoutDefault(text: string): string {
  return text.replace(/(^|[.)`]\s+)Default\s.+?(?:\.(?=\s|$)\s*|$)/s, '$1').trim()
}

/** Links the clauses of RFCs: `RFC 7662 §2.1`. Code and links stay as they are. */
export function linkClauses(markdown: string): string {
  return markdown.replaceAll(
    /(`+[^`]*`+|\[[^\]]*\]\([^)]*\))|\bRFC (\d{4,5})(?: §(\d+(?:\.\d+)*))?/g,
    (whole: string, kept: string | undefined, rfc: string, clause: string | undefined) =>
      kept === undefined
        ? `[${whole}](https://www.rfc-editor.org/rfc/rfc${rfc}.html${clause === undefined ? '' : `#section-${clause}`})`
        : whole,
  )
}

/** Markdown whose text a template of a page does not read as tags or expressions. Code stays as it is. */
export function escapeTags(markdown: string): string {
  return markdown.replaceAll(
    /(```[\s\S]*?```|`[^`\n]*(?:\n[^`\n]+)*`)|<(?=[a-z/!])|\{\{/gi,
    (whole: string, code?: string) => (code === undefined ? (whole === '<' ? '&lt;' : '&#123;&#123;') : code),
  )
}
