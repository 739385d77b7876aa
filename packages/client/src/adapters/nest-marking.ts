/** What the decorators for Nest say of a route: the options of its guard, or that it is public. */
import { type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { GuardOptions, OptionalGuardOptions } from '../index.ts'

export const PUBLIC = 'public'
export type Marking = typeof PUBLIC | GuardOptions | OptionalGuardOptions

const reflector = new Reflector()
const MARKING = 'token-introspection:guard'

/** Both decorators on one method are refused, because the result would depend on their order. */
export function mark(marking: Marking): MethodDecorator & ClassDecorator {
  const decorate: CustomDecorator = SetMetadata(MARKING, marking)
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const marked = (descriptor?.value ?? target) as object
    if (Reflect.getOwnMetadata(MARKING, marked) !== undefined) {
      throw new TypeError('use either @RequireToken or @Public, and only once')
    }
    if (key === undefined || descriptor === undefined) decorate(target as never)
    else decorate(target, key, descriptor)
  }
}

/** The options of a route, where those of its method override those of its class; `undefined` for a public route. */
export function routeOptions(context: ExecutionContext): object | undefined {
  const ofHandler = reflector.get<Marking | undefined>(MARKING, context.getHandler())
  const ofController = reflector.get<Marking | undefined>(MARKING, context.getClass())
  if ((ofHandler ?? ofController) === PUBLIC) return undefined
  return { ...optionsOf(ofController), ...optionsOf(ofHandler) }
}

function optionsOf(marking: Marking | undefined): object | undefined {
  return marking === PUBLIC ? undefined : marking
}
