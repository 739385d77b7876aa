/** The parts that the page about the architecture has to lead to, as they are in the sources. */
import { LAYOUTS } from '../import-rules/layout.ts'
import { readFiles } from '../workspace/workspace.ts'

/** Folders, each with a slash at its end, and spines: files whose first line says that they are one. */
export function readPathParts(): string[] {
  return Object.entries(LAYOUTS).flatMap(([folder, { steps = [], above = [], ground = [], runtime = [] }]) => {
    if (steps.length === 0) return []
    const files = readFiles([`packages/${folder}/src/**/*.ts`])
    const spines = files.filter(({ text }) => text.startsWith('/** SPINE:')).map(({ path }) => path)
    const folders = [...steps, ...above, ...ground, ...runtime]
      .map((name) => `packages/${folder}/src/${name}/`)
      .filter((part) => files.some(({ path }) => path.startsWith(part)))
    return [...spines, ...folders]
  })
}
