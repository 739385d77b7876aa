/** The parts of a `package.json` that say what is published. */

/** A target, or targets by condition. */
export type Target = string | { readonly [condition: string]: Target }

/** Sub-paths and what each leads to. */
export type TargetMap = Readonly<Record<string, Target>>

/** A `package.json`, as far as it is looked at. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports?: TargetMap
  readonly imports?: TargetMap
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly publishConfig?: { readonly exports?: TargetMap; readonly imports?: TargetMap }
}

/** Every file a map leads to, under any condition. */
export function targetsOf(map: TargetMap | undefined): string[] {
  return Object.values(map ?? {}).flatMap(filesOf)
}

function filesOf(target: Target): string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(filesOf)
}
