/** Tries wrong options on one public function: every group must refuse unknown names, every option values of a wrong type. */

/** One public function, and options that it accepts. */
export interface OptionWalk {
  /** Its exported name, followed by a method or a variant where there is one: `IntrospectionClient#guard`. */
  readonly name: string
  /** What messages put before the name of an option. Empty where they put nothing there. */
  readonly path: string
  /** Every option of the function. Options that exclude others are in another walk. */
  readonly options: object
  readonly call: (options: never) => unknown
  /** Paths of objects whose names the user chooses. No name is unknown there. */
  readonly open?: readonly string[]
  /** Whether another walk has the other options. */
  readonly isPartial?: boolean
  /** A group that the function merges into the other options. Messages may leave its name out. */
  readonly merged?: string
  /** Paths of options that take any value. */
  readonly any?: readonly string[]
}

/** A place in the options: the keys that lead there. */
export interface Place {
  /** Its name in messages. */
  readonly path: string
  /** The same options with another value in this place. */
  readonly replace: (value: unknown) => object
  readonly value: unknown
}

/** A plain object, as options are. */
type Options = Readonly<Record<string, unknown>>

/** A name that no option has. */
export const UNKNOWN = 'optoin'

/** Every group of options with fixed names, the outermost included. */
export function groupsOf(walk: OptionWalk): readonly Place[] {
  return placesOf(walk).filter(({ path, value }) => isPlain(value) && !isListed(walk.open, walk, path))
}

/** Every option, the groups included, except those that take any value. */
export function leavesOf(walk: OptionWalk): readonly Place[] {
  return placesOf(walk).filter(({ path }) => path !== walk.path && !isListed(walk.any, walk, path))
}

/** The names in a message about an unknown option: `a.optoin: unknown option; known here: b, c`. */
export function knownNames(message: string): readonly string[] {
  return /known here: (.*)$/.exec(message)?.[1]?.split(', ') ?? []
}

/** The names that a message may use for a place: its path, or its path after the merge. */
export function namesOf({ merged }: OptionWalk, path: string): readonly string[] {
  return merged !== undefined && path.startsWith(`${merged}.`) ? [path, path.slice(merged.length + 1)] : [path]
}

/** The error that the call throws or rejects with. */
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

/** Whether a path is in the list, or inside an object that is. */
function isListed(paths: readonly string[] | undefined, { path: root }: OptionWalk, path: string): boolean {
  const full = (paths ?? []).map((name) => (root === '' || name === '' ? root + name : `${root}.${name}`))
  return full.some((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`))
}
