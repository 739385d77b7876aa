/** Keeps processes where they are: the price of waking each other depends on it, and with it every figure. */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** The last core. Counted before this process keeps to one of them, because then it sees no other. */
export const LAST_CORE = availableParallelism() - 1

/**
 * Keeps a process and its threads on one core.
 *
 * @returns whether it worked; without `taskset`, or where that core is not ours to use, the figures wander more.
 */
export function pinToCore(pid: number, core: number): boolean {
  return setCores(pid, String(core))
}

/** Lets a process, and whatever it starts from now on, use every core again. */
export function unpin(pid: number): void {
  setCores(pid, `0-${LAST_CORE}`)
}

function setCores(pid: number, cores: string): boolean {
  const { status } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)], {
    stdio: 'ignore',
  })
  return status === 0
}
