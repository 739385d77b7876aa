/** Every member of a type, also those of the types it extends. */
import { isSyntaxNode, type SyntaxNode } from '../source/syntax-tree.ts'
import { type Member, readMembers } from './declaration.ts'
import type { Found, Modules } from './modules.ts'

/** A member, and the module in which the names of its type stand. */
export interface FoundMember extends Member {
  readonly found: Found
}

/** The members of a declared type: first its own, then those of its bases. Types of other projects have none here. */
export function membersOf(found: Found, modules: Modules): FoundMember[] {
  const { declaration } = found
  const own = declaration.members.map((member) => ({ ...member, found }))
  const inherited = declaration.bases.flatMap((base) => membersOfType(base, found, modules))
  return [...own, ...inherited.filter(({ name }) => !own.some((member) => member.name === name))]
}

function membersOfType(type: SyntaxNode, found: Found, modules: Modules): FoundMember[] {
  if (type.type === 'TSTypeLiteral')
    return readMembers(type['members'] as SyntaxNode[], found.module).map((member) => ({ ...member, found }))
  if (type.type === 'TSIntersectionType')
    return (type['types'] as SyntaxNode[]).flatMap((part) => membersOfType(part, found, modules))
  const name = referencedName(type)
  if (name === undefined) return []
  const [first, second] = typeArguments(type)
  if (first !== undefined && second !== undefined && (name === 'Omit' || name === 'Pick')) {
    const listed = literalsOf(second)
    return membersOfType(first, found, modules).filter((member) => listed.includes(member.name) === (name === 'Pick'))
  }
  const target = modules.find(found.path, name)
  return target === undefined ? [] : membersOf(target, modules)
}

/** The name of a type that is referred to, such as `CacheOptions`. */
export function referencedName(type: SyntaxNode): string | undefined {
  const name = type.type === 'TSInterfaceHeritage' ? type['expression'] : type['typeName']
  return isSyntaxNode(name, 'Identifier') ? String(name['name']) : undefined
}

/** The types of a union. Any other type is alone. */
export function alternativesOf(type: SyntaxNode): readonly SyntaxNode[] {
  return type.type === 'TSUnionType' ? (type['types'] as SyntaxNode[]) : [type]
}

function typeArguments(type: SyntaxNode): readonly SyntaxNode[] {
  const holder = type['typeArguments']
  return isSyntaxNode(holder) ? (holder['params'] as SyntaxNode[]) : []
}

function literalsOf(type: SyntaxNode): string[] {
  return alternativesOf(type).flatMap((part) => {
    const literal = part['literal']
    return isSyntaxNode(literal, 'Literal') ? [String(literal['value'])] : []
  })
}
