/** Pins processes to cores, because the cost of waking each other, and so every figure, depends on the cores. */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** The last core. It is determined before this process is pinned, because a pinned process sees only its own core. */
export const LAST_CORE = availableParallelism() - 1

/**
 * Pins a process and its threads to one core.
 *
 * @returns whether it worked. Without `taskset`, or without permission for that core, the figures vary more.
 */
export function pinToCore(pid: number, core: number): boolean {
  return setCores(pid, String(core))
}

/** Lets a process and its later children use every core again. */
export function unpin(pid: number): void {
  setCores(pid, `0-${LAST_CORE}`)
}

function setCores(pid: number, cores: string): boolean {
  const { status } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)], {
    stdio: 'ignore',
  })
  return status === 0
}
