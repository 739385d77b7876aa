/** Walks the options of one public function: every group refuses what it does not know, every option what it cannot be. */

/** One public function that takes options, with good ones. */
export interface OptionWalk {
  /** The name it is exported by, and a method or a variant after it: `IntrospectionClient#guard`. */
  readonly name: string
  /** What messages say before the names of the options; empty where they stand alone. */
  readonly path: string
  /** Every option it has; what excludes others is in a walk of its own. */
  readonly options: object
  readonly call: (options: never) => unknown
  /** Paths of objects whose names are the user's, so that none is unknown. */
  readonly open?: readonly string[]
  /** Whether its options are walked elsewhere, so that it need not have them all. */
  readonly isPartial?: boolean
  /** A group whose options are put under the others before these are read, so that messages may leave its name out. */
  readonly merged?: string
  /** Paths of options that take any value. */
  readonly any?: readonly string[]
}

/** A place in the options: the keys that lead there. */
export interface Place {
  /** As messages name it. */
  readonly path: string
  /** The same options with something else there. */
  readonly replace: (value: unknown) => object
  readonly value: unknown
}

/** Options of one name, in whatever shape a plain object has. */
type Options = Readonly<Record<string, unknown>>

/** What no option is called. */
export const UNKNOWN = 'optoin'

/** Every group, the outermost included: places of plain objects whose names are fixed. */
export function groupsOf(walk: OptionWalk): readonly Place[] {
  return placesOf(walk).filter(({ path, value }) => isPlain(value) && !isListed(walk.open, walk, path))
}

/** Every single option, the groups included: nothing of the wrong type may stand there. */
export function leavesOf(walk: OptionWalk): readonly Place[] {
  return placesOf(walk).filter(({ path }) => path !== walk.path && !isListed(walk.any, walk, path))
}

/** The names in the message of what is refused as unknown: `a.optoin: unknown option; known here: b, c`. */
export function knownNames(message: string): readonly string[] {
  return /known here: (.*)$/.exec(message)?.[1]?.split(', ') ?? []
}

/** How messages may name a place: as it stands, or as it is read. */
export function namesOf({ merged }: OptionWalk, path: string): readonly string[] {
  return merged !== undefined && path.startsWith(`${merged}.`) ? [path, path.slice(merged.length + 1)] : [path]
}

/** What calling comes to: what is thrown, at once or later. */
export async function failureOf(walk: OptionWalk, options: unknown): Promise<unknown> {
  try {
    await walk.call(options as never)
    return undefined
  } catch (error) {
    return error
  }
}

function placesOf(walk: OptionWalk): readonly Place[] {
  return visit(walk.options, walk.path, (value) => value as object)
}

function visit(value: unknown, path: string, replace: (value: unknown) => object): readonly Place[] {
  const here = { path, value, replace }
  if (isPlain(value)) {
    const inner = Object.keys(value).flatMap((name) =>
      visit(value[name], path === '' ? name : `${path}.${name}`, (other) => replace({ ...value, [name]: other })),
    )
    return [here, ...inner]
  }
  if (Array.isArray(value)) {
    const elements: unknown[] = value
    const inner = elements.flatMap((element, index) =>
      isPlain(element) ? visit(element, `${path}[${index}]`, (other) => replace(elements.with(index, other))) : [],
    )
    return [here, ...inner]
  }
  return [here]
}

function isPlain(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Listed itself, or inside of what is listed. */
function isListed(paths: readonly string[] | undefined, { path: root }: OptionWalk, path: string): boolean {
  const full = (paths ?? []).map((name) => (root === '' || name === '' ? root + name : `${root}.${name}`))
  return full.some((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`))
}
