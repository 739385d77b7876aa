/** Where Chromium is on this machine. */
import { statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** The first Chromium of a search path, or `undefined` when there is none. */
export function findChromium(path = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(delimiter)
    .flatMap((directory) => NAMES.map((name) => join(directory, name)))
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
}
