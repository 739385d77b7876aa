/** A small check of XML: characters, references, attributes, and tags that fit each other. For documents without comments and CDATA. */

/** Characters that XML 1.0 allows. */
const ALLOWED = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u
const REFERENCE = /^&(?:amp|lt|gt|quot|apos);/
const TAG = /^<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>$/

/** The first fault of a document. `undefined` for one that is well-formed. */
export function xmlFault(xml: string): string | undefined {
  if (!ALLOWED.test(xml)) return 'a character that XML does not allow'
  const ampersand = [...xml.matchAll(/&/g)].find(({ index }) => !REFERENCE.test(xml.slice(index, index + 8)))
  if (ampersand !== undefined) return `a lone & at ${ampersand.index}`
  const open: string[] = []
  const body = xml.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, '')
  for (const [text] of body.matchAll(/<[^>]*>?|[^<]+/g)) {
    if (!text.startsWith('<')) continue
    const [, isEnd, name = '', , isEmpty] = TAG.exec(text) ?? []
    if (name === '') return `no tag: ${text}`
    if (isEnd === '/' && open.pop() !== name) return `an end without a start: ${text}`
    if (isEnd !== '/' && isEmpty !== '/') open.push(name)
  }
  return open.length === 0 ? undefined : `without an end: ${open.join(', ')}`
}
