/** The parts of the two paths as they are in the sources: the folders of steps, and the spines. */
import { LAYOUTS } from '../import-rules/layout.ts'
import { readFiles } from '../workspace/workspace.ts'

/** Folders of steps, each with a slash at its end, and spines: files that say so in their first line. */
export function readPathParts(): string[] {
  return Object.entries(LAYOUTS).flatMap(([folder, { steps = [] }]) => {
    if (steps.length === 0) return []
    const files = readFiles([`packages/${folder}/src/**/*.ts`])
    const spines = files.filter(({ text }) => text.startsWith('/** SPINE:')).map(({ path }) => path)
    const folders = steps
      .map((step) => `packages/${folder}/src/${step}/`)
      .filter((step) => files.some(({ path }) => path.startsWith(step)))
    return [...spines, ...folders]
  })
}
