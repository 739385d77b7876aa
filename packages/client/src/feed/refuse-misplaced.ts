/** Refuses options that belong to something else, and says to what. */

/**
 * @param places - where each of these options belongs, as the rest of a message.
 * @throws TypeError for the first of them that is given.
 */
export function refuseMisplaced(options: unknown, places: Readonly<Record<string, string>>): void {
  if (typeof options !== 'object' || options === null) return
  for (const [name, place] of Object.entries(places)) {
    if (Object.hasOwn(options, name)) throw new TypeError(`${name}: ${place}`)
  }
}
