/** Keeps processes where they are: the price of waking each other depends on it, and with it every figure. */
import { spawnSync } from 'node:child_process'

/**
 * Keeps a process and its threads on one core.
 *
 * @returns whether it worked; without `taskset`, or where that core is not ours to use, the figures wander more.
 */
export function pinToCore(pid: number, core: number): boolean {
  const { status } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], {
    stdio: 'ignore',
  })
  return status === 0
}
