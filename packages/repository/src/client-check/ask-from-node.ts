/** Runs the cases on every version of Node that could be installed. */
import { askFromProcess } from './ask-from-process.ts'
import type { SmokeServer } from './smoke-server.ts'

/** The oldest version that `engines` allows, and the newest of each line. The one that runs the check is 24. */
export const NODE_VERSIONS = ['22.19.0', '22.23.3', '26.10.0']

/** Runs the cases with one version of Node, and reports every fault. */
export function askFromNode(name: string, path: string, directory: string, server: SmokeServer): Promise<string[]> {
  const kind = name.startsWith('Node 22.') ? 'node22' : 'node'
  // Node 22 warns that it strips types.
  const args = ['--disable-warning=ExperimentalWarning', 'program/on-node.ts']
  return askFromProcess({ kind, command: path, args }, directory, server)
}
