/** What every entry of the published packages loads, on Node and on a runtime without Node's modules. */
import { publicPackages } from '../workspace/workspace.ts'
import { type Reach, reach } from './reach.ts'

/** One entry on one runtime. */
export interface EntryReach extends Reach {
  /** The entry and the modules it loads, as `reach.txt` records them. */
  readonly line: string
  /** The chain of files to each third-party module. */
  readonly ways: readonly string[]
}

/** These two run on Node alone. */
const NODE_ONLY = new Set(['@token-introspection/testing/hostile', '@token-introspection/testing/msw'])

/**
 * Every entry of every published package.
 *
 * @param directory - where the packages are installed.
 */
export async function readEntries(directory: string): Promise<EntryReach[]> {
  const entries = publicPackages().flatMap(({ manifest }) =>
    Object.keys(manifest.exports ?? {}).map((subpath) => manifest.name + subpath.slice(1)),
  )
  const elsewhere = entries.filter((entry) => !NODE_ONLY.has(entry))
  return [...(await read(entries, 'node', directory)), ...(await read(elsewhere, 'workerd', directory))]
}

async function read(entries: readonly string[], condition: string, directory: string): Promise<EntryReach[]> {
  return [...(await reach(entries, condition, directory))].map(([entry, found]) => {
    const later = found.later.size > 0 ? `; later ${list(found.later)}` : ''
    return {
      ...found,
      line: `${entry} on ${condition} loads ${list(found.loads)}${later}`,
      ways: [...found.loads, ...found.later].map(([name, way]) => `${entry} on ${condition}: ${way} → ${name}`),
    }
  })
}

function list(modules: ReadonlyMap<string, string>): string {
  return [...modules.keys()].toSorted().join(', ') || 'nothing'
}
