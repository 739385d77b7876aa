/** How many requests a thousand simultaneous calls about one token make. */
import { answerParent } from '../../measure/answer-parent.ts'
import { createFilledClient, tokenAt } from './create-filled-client.ts'

/** The number of herds. They come one after the other, each about a token of its own. */
const HERDS = 20

answerParent({
  async measure({ calls }: { calls: number }): Promise<number> {
    const { introspection, requests } = await createFilledClient(HERDS, 0)
    let most = 0
    for (let herd = 0; herd < HERDS; herd++) {
      const before = requests()
      const token = tokenAt(herd)
      const answers = await Promise.all(Array.from({ length: calls }, () => introspection.introspect(token)))
      if (!answers.every(({ active }) => active)) throw new Error('unexpected answer')
      most = Math.max(most, requests() - before)
    }
    return most
  },
})
