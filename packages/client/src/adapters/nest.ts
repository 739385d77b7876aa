/** The entry for Nest. */
export {
  Auth,
  type GuardMaker,
  PreflightException,
  Public,
  type RequestOf,
  RequireToken,
  TokenGuard,
  type TokenGuardOptions,
  type TokenParameter,
  TokenRefusedException,
} from './nest-guard.ts'
export {
  type TokenIntrospectionModuleAsyncOptions,
  TokenIntrospectionModule,
  type TokenIntrospectionModuleOptions,
  type TokenIntrospectionOptions,
} from './nest-module.ts'
