/** Marks the names in examples that have a known type, and puts the types behind the example, for the theme to show. */
import type { MarkdownOptions } from 'vitepress'
import type { TypeReader } from '../../packages/repository/src/hover-types/type-reader.ts'

type Transformer = NonNullable<MarkdownOptions['codeTransformers']>[number]
type Root = Parameters<NonNullable<Transformer['root']>>[0]
type Element = Extract<Root['children'][number], { readonly type: 'element' }>
type Content = Element['children'][number]

/**
 * A transformer of shiki. A name gets the attribute `data-type`, the place of its type in the list. The list is hidden and no part
 * of the code, so that it is not copied with it. A type that several names have is in it once.
 */
export function typesOnHover(read: TypeReader): Transformer {
  // Shiki copies the options on its way, and keeps the decorations.
  const lists = new WeakMap<object, readonly string[]>()
  return {
    name: 'types-on-hover',
    preprocess(code, options) {
      const types = read(code.trimEnd())
      const list = [...new Set(types.map(toKey))]
      options.decorations = types.map((type) => ({
        start: type.start,
        end: type.end,
        alwaysWrap: true,
        properties: { class: 'typed-name', 'data-type': String(list.indexOf(toKey(type))), tabindex: '-1' },
      }))
      lists.set(options.decorations, list)
    },
    root(root) {
      const list = lists.get(this.options.decorations ?? []) ?? []
      if (list.length === 0) return
      root.children.push(element('div', { class: 'types-of-names', hidden: true, 'v-pre': '' }, list.map(describe)))
    },
  }
}

/** The text of a rendered page without the lists of types, which a search would find in place of the page. */
export function withoutTypes(html: string): string {
  return html.replaceAll(/<div class="types-of-names".*?<\/div><\/div>/gs, '')
}

function toKey({ type, doc }: { readonly type: string; readonly doc: string }): string {
  return `${type}\0${doc}`
}

function describe(key: string): Element {
  const [type = '', doc = ''] = key.split('\0')
  const paragraph = doc === '' ? [] : [element('p', {}, inline(doc))]
  return element('div', {}, [element('code', {}, [text(type)]), ...paragraph])
}

/** Markdown on one line: code is code, and of a link the text stays. */
function inline(markdown: string): Content[] {
  return markdown
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .split(/(`[^`]+`)/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('`') ? element('code', {}, [text(part.slice(1, -1))]) : text(part)))
}

function element(tagName: string, properties: Element['properties'], children: Content[]): Element {
  return { type: 'element', tagName, properties, children }
}

function text(value: string): Content {
  return { type: 'text', value }
}
