/** What is broken, as a person says it. */
import type { Fault } from '../engine/settings.ts'

/** The group of a fault in the list. */
export interface FaultGroup {
  readonly title: string
  /** The pane that says so. */
  readonly pane: 'server' | 'api'
  readonly faults: readonly (readonly [fault: Fault, title: string])[]
}

/** Every fault, in groups. */
export const FAULT_GROUPS: readonly FaultGroup[] = [
  {
    title: 'The token',
    pane: 'server',
    faults: [
      ['other-audience', 'The token is for another API'],
      ['little-scope', 'The token has too little scope'],
      ['expired', 'The token has expired'],
    ],
  },
  {
    title: 'The API',
    pane: 'api',
    faults: [
      ['wrong-audience', 'The API expects another audience'],
      ['clock', 'The clock of the API is wrong'],
      ['secret', 'The API has a wrong secret'],
    ],
  },
  {
    title: 'The connection',
    pane: 'server',
    faults: [
      ['outage', 'The authorization server is down'],
      ['feed-outage', 'The feed is down'],
    ],
  },
  {
    title: 'A hostile answer',
    pane: 'server',
    faults: [
      ['html', 'A web page instead of JSON'],
      ['huge', 'Five megabytes'],
      ['active-text', '"active" is the text "true"'],
      ['twice', '"active" stands there twice'],
      ['redirect', 'A redirect to another server'],
    ],
  },
]

/** What is broken on one side; `undefined` when nothing is. */
export function faultOn(pane: FaultGroup['pane'], fault: Fault): string | undefined {
  const group = FAULT_GROUPS.find(({ faults }) => faults.some(([name]) => name === fault))
  return group?.pane === pane ? group.faults.find(([name]) => name === fault)?.[1] : undefined
}
