#!/usr/bin/env node
/** The command `token-introspection`: looks at the version of Node, and starts the program. */
import { nodeComplaint } from './node-version.ts'

const complaint = nodeComplaint(process.versions.node)
if (complaint === undefined) {
  // Loaded later: an older Node cannot even parse the rest.
  const { main } = await import('./main.node.ts')
  await main()
} else {
  process.stderr.write(`${complaint}\n`)
  process.exitCode = 3
}
