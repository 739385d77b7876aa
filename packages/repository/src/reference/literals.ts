/** The texts that a type allows, when it is a union of texts. */
import { isSyntaxNode, type SyntaxNode } from '../source/syntax-tree.ts'
import { alternativesOf, membersOf, referencedName } from './members.ts'
import type { Found, Modules } from './modules.ts'

/** One text, and what the comment before it says. */
export interface Literal {
  readonly value: string
  readonly meaning: string
}

/** The texts of a type, or `undefined` when it allows anything else. `undefined` in a union does not count. */
export function literalsOf(type: SyntaxNode, found: Found, modules: Modules): readonly Literal[] | undefined {
  const parts = alternativesOf(type).filter((part) => part.type !== 'TSUndefinedKeyword')
  const literals = parts.map((part) => literalsOfPart(part, found, modules))
  return literals.length === 0 || literals.includes(undefined) ? undefined : literals.flatMap((group) => group ?? [])
}

function literalsOfPart(type: SyntaxNode, found: Found, modules: Modules): readonly Literal[] | undefined {
  const literal = type['literal']
  if (type.type === 'TSLiteralType' && isSyntaxNode(literal)) {
    if (literal.type === 'Literal' && typeof literal['value'] === 'string')
      return [{ value: literal['value'], meaning: commentBefore(type, found) }]
    return literal.type === 'TemplateLiteral' ? literalsOfTemplate(literal, found, modules) : undefined
  }
  if (type.type === 'TSTemplateLiteralType') return literalsOfTemplate(type, found, modules)
  const name = referencedName(type)
  const target = name === undefined ? undefined : modules.find(found.path, name)
  const [alias] = target?.declaration.bases ?? []
  return target?.declaration.kind === 'type' && alias !== undefined ? literalsOf(alias, target, modules) : undefined
}

/** A template with one hole, which is a union itself. */
function literalsOfTemplate(node: SyntaxNode, found: Found, modules: Modules): readonly Literal[] | undefined {
  const quasis = node['quasis'] as { readonly value: { readonly cooked: string } }[]
  const [hole, ...further] = (node['types'] ?? node['expressions']) as SyntaxNode[]
  if (hole === undefined || further.length > 0) return undefined
  const [before = '', after = ''] = quasis.map(({ value }) => value.cooked)
  return literalsOf(hole, found, modules)?.map(({ value }) => ({ value: before + value + after, meaning: '' }))
}

/** The members of an event whose texts or truth decide something, with each of their values. */
export function choicesOf(found: Found, modules: Modules): Map<string, readonly (string | boolean)[]> {
  return new Map(
    membersOf(found, modules).flatMap(({ name, type, found: place }): [string, readonly (string | boolean)[]][] => {
      if (type === undefined) return []
      const flag = type['literal']
      if (isSyntaxNode(flag, 'Literal') && typeof flag['value'] === 'boolean') return [[name, [flag['value']]]]
      const literals = literalsOf(type, place, modules)
      return literals === undefined ? [] : [[name, literals.map(({ value }) => value)]]
    }),
  )
}

function commentBefore(node: SyntaxNode, { module }: Found): string {
  const comment = module.comments.findLast(({ end }) => end <= node.start)
  if (comment?.type !== 'Block' || /[^\s|]/.test(module.text.slice(comment.end, node.start))) return ''
  return comment.value
    .replace(/^\*/, '')
    .replaceAll(/\s*\n\s*\* ?/g, ' ')
    .trim()
}
