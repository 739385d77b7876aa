/** How the benchmark talks to a child program. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, Question } from './answer-parent.ts'
import { pinToCore } from './pin-to-core.ts'

/** Options for the start of a child. */
export interface ChildOptions {
  /** Options of Node itself, such as `--cpu-prof`. */
  readonly execArgv?: readonly string[]
  /** The processor core for the child, if the system can pin processes. */
  readonly core?: number | undefined
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** One child program. It can answer several questions at the same time. Every question has a time limit. */
export class Child {
  readonly #name: string
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 0

  /** @param program - the path of the program, relative to `src`. */
  constructor(program: string, options: ChildOptions = {}) {
    this.#name = program
    this.#process = fork(fileURLToPath(new URL(`../${program}`, import.meta.url)), {
      execArgv: [...(options.execArgv ?? [])],
      // A child prints only complaints. The standard output is for the tables.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    if (options.core !== undefined && this.#process.pid !== undefined) pinToCore(this.#process.pid, options.core)
    this.#process.on('message', (answer: Answer) => this.#settle(answer))
    this.#process.on('error', (error) => this.#fail(error))
    this.#process.on('exit', (code) => this.#fail(new Error(`${program}: ended with code ${code}`)))
  }

  /** Calls a procedure of the child. */
  call<Value>(procedure: string, argument: unknown, timeoutMs: number): Promise<Value> {
    const id = this.#nextId++
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const timer = setTimeout(() => {
      this.#settle({ id, complaint: `${procedure}: no answer within ${timeoutMs} ms` })
    }, timeoutMs)
    this.#waiting.set(id, { resolve, reject })
    this.#process.send({ id, procedure, argument } satisfies Question, (error) => {
      if (error !== null) this.#settle({ id, complaint: error.message })
    })
    return promise.finally(() => clearTimeout(timer)) as Promise<Value>
  }

  /** Sends a signal to the child, such as `SIGSTOP`. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  /** Disconnects from the child and waits for its exit. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const gone = new Promise((resolve) => this.#process.once('exit', resolve))
    if (this.#process.connected) this.#process.disconnect()
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5000)
    await gone
    clearTimeout(timer)
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('complaint' in answer) waiting?.reject(new Error(`${this.#name}: ${answer.complaint}`))
    else waiting?.resolve(answer.value)
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
