/** Runs the program in this process. */
import { run } from './run.ts'
import { processSurroundings } from './surroundings/process-surroundings.node.ts'

/** Runs the program with the arguments and streams of the process, and sets its exit code. */
export async function main(): Promise<void> {
  // A reader that has seen enough, such as `head`, closes the pipe. That is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 3)
  })
  process.exitCode = await run(process.argv.slice(2), processSurroundings())
}
