/** The network between the processes and the server: delays, losses and cut cables. */
import type { Way } from './history.ts'
import type { SimulatedProcess } from './simulated-process.ts'
import type { SimulatedServer } from './simulated-server.ts'
import type { Timetable } from './timetable.ts'

export class SimulatedNetwork {
  readonly #timetable: Timetable
  readonly #server: SimulatedServer

  constructor(timetable: Timetable, server: SimulatedServer) {
    this.#timetable = timetable
    this.#server = server
  }

  /** Runs something in a process, when it is awake. What its last life waited for is lost. */
  inside(process: SimulatedProcess, delayMs: number, run: () => void, life = process.life): void {
    const arrive = (): void => {
      if (process.life !== life) return
      if (process.standsUntilMs > this.#timetable.nowMs)
        this.#timetable.after(process.standsUntilMs - this.#timetable.nowMs, arrive)
      else run()
    }
    this.#timetable.after(delayMs, arrive)
  }

  /** The same for a message, which a cut cable stops. */
  receive(process: SimulatedProcess, delayMs: number, run: () => void, life = process.life): void {
    this.#timetable.after(delayMs, () => {
      if (process.cutOffUntilMs <= this.#timetable.nowMs) this.inside(process, 0, run, life)
    })
  }

  /** A message to the server and back. `work` begins when it arrives, and gives what `finish` sends back. */
  request<Answer>(
    process: SimulatedProcess,
    way: Way,
    work: () => (() => Answer) | undefined,
    receive: (answer: Answer) => void,
    fail: () => void,
  ): void {
    const { life } = process
    if (process.cutOffUntilMs > this.#timetable.nowMs) {
      this.inside(process, 1000, fail)
      return
    }
    // A client does not wait for ever.
    let isOver = false
    this.inside(process, 20_000, () => {
      if (isOver) return
      isOver = true
      fail()
    })
    this.#timetable.after(way.outMs, () => {
      if (this.#server.isDown) return
      const finish = work()
      this.#timetable.after(way.workMs, () => {
        if (this.#server.isDown || finish === undefined) return
        const answer = finish()
        if (way.isLost) return
        const arrive = (): void => {
          if (isOver) return
          isOver = true
          receive(answer)
        }
        this.receive(process, way.backMs, arrive, life)
      })
    })
  }
}
