/** Settings in the fragment of the URL. It holds nothing else: no token, no secret, no text of a person. */
import { BOUNDS, DEFAULT_SETTINGS, type Fault, FAULTS, type Settings } from './settings.ts'

/** What a link says. */
export interface SharedPlayground {
  readonly settings: Settings
  /** Whether the story runs as soon as the page is open. */
  readonly runs: boolean
}

/** The longest fragment that is read. */
const MAX_LENGTH = 200

/** Writes the fragment, without `#`. Settings that have their default are left out. */
export function writeShareLink({ settings, runs }: SharedPlayground): string {
  const { feed, keepSeconds, fault, clockMinutes } = settings
  const parameters = new URLSearchParams()
  if (feed !== DEFAULT_SETTINGS.feed) parameters.set('feed', feed ? 'on' : 'off')
  if (keepSeconds !== DEFAULT_SETTINGS.keepSeconds) parameters.set('keep', String(keepSeconds))
  if (fault !== DEFAULT_SETTINGS.fault) parameters.set('fault', fault)
  if (fault === 'clock' && clockMinutes !== DEFAULT_SETTINGS.clockMinutes) {
    parameters.set('clock', String(clockMinutes))
  }
  if (runs) parameters.set('run', 'yes')
  return parameters.toString()
}

/** Reads a fragment that anybody may have written. A value that is unknown or out of bounds counts as the default. */
export function readShareLink(fragment: string): SharedPlayground {
  const text = fragment.replace(/^#/, '')
  const parameters = new URLSearchParams(text.length <= MAX_LENGTH ? text : '')
  const fault = parameters.get('fault')
  return {
    settings: {
      feed: readSwitch(parameters.get('feed')),
      keepSeconds: readInteger(parameters.get('keep'), 'keepSeconds'),
      fault: FAULTS.find((known): known is Fault => known === fault) ?? DEFAULT_SETTINGS.fault,
      clockMinutes: readInteger(parameters.get('clock'), 'clockMinutes'),
    },
    runs: parameters.get('run') === 'yes',
  }
}

function readSwitch(text: string | null): boolean {
  return text === 'on' || text === 'off' ? text === 'on' : DEFAULT_SETTINGS.feed
}

function readInteger(text: string | null, name: keyof typeof BOUNDS): number {
  const { min, max } = BOUNDS[name]
  const value = text !== null && /^-?\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : DEFAULT_SETTINGS[name]
}
