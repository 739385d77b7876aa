/** The parts of a `package.json` that the checks read. */

/** A file, or files by condition. */
export type Target = string | { readonly [condition: string]: Target }

/** Files by sub-path or `#name`. */
export type TargetMap = Readonly<Record<string, Target>>

/** A `package.json`, as far as the checks read it. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports?: TargetMap
  readonly imports?: TargetMap
  /** Programs by their name. */
  readonly bin?: TargetMap
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly publishConfig?: { readonly exports?: TargetMap; readonly imports?: TargetMap }
}

/** Every file in a map, under any condition. */
export function targetsOf(map: TargetMap | undefined): string[] {
  return Object.values(map ?? {}).flatMap(filesOf)
}

function filesOf(target: Target): string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(filesOf)
}
