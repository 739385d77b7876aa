/** Reads an option that is one string or several. */
import type { OptionGroup } from '@token-introspection/core/options'

/** One string, or a list of at least one. */
export function oneOrMore(group: OptionGroup, name: string): readonly string[] | undefined {
  const given = group.raw(name)
  if (typeof given === 'string' && given !== '') return Object.freeze([given])
  const list = group.strings(name)
  if (list?.length === 0) throw group.error(name, 'must name at least one')
  return list
}
