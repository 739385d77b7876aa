/** The entry for Nest. */
export { type GuardMaker, TokenGuard, type TokenGuardOptions } from './nest-guard.ts'
export { Auth, Public, RequireToken, type TokenParameter } from './nest-decorators.ts'
export { PreflightException, TokenRefusedException } from './nest-exceptions.ts'
export type { RequestOf } from './nest-request.ts'
export {
  type TokenIntrospectionModuleAsyncOptions,
  TokenIntrospectionModule,
  type TokenIntrospectionModuleOptions,
  type TokenIntrospectionOptions,
} from './nest-module.ts'
