/** The syntax tree of a Markdown page, as remark reads it. */
import type { Nodes } from 'mdast'
import { remark } from 'remark'
import remarkGfm from 'remark-gfm'

const parser = remark().use(remarkGfm)

/** Every node of a page, each before the nodes inside it. */
export function readNodes(markdown: string): Nodes[] {
  return withInner(parser.parse(markdown))
}

function withInner(node: Nodes): Nodes[] {
  return [node, ...('children' in node ? node.children.flatMap(withInner) : [])]
}

/** The line a node begins on, from 1. */
export function lineOf({ position }: Nodes): number {
  return position?.start.line ?? 0
}

/** What stands in the page between the first and the last of these nodes. */
export function textOf(nodes: readonly Nodes[], markdown: string): string {
  return markdown.slice(nodes[0]?.position?.start.offset ?? 0, nodes.at(-1)?.position?.end.offset ?? 0)
}
