/** The module for Nest: one client and one guard for an application, made by Nest. */
import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type ModuleMetadata,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common'
import { copyOptions, OptionGroup } from '@token-introspection/core/options'
import { IntrospectionClient, type IntrospectionClientOptions, type LocalClientOptions } from '../index.ts'
import { TokenGuard, type TokenGuardOptions } from './nest-guard.ts'

/** Options of {@link TokenIntrospectionModule}: those of `TokenGuard`, and either `client` or `introspection`. */
export interface TokenIntrospectionOptions<Claims extends object = object> extends TokenGuardOptions<Claims> {
  /** The options of the client that the module creates. It closes the client when the application shuts down. Default none. */
  readonly client?: IntrospectionClientOptions<Claims> | LocalClientOptions<Claims> | undefined
  /** A client of yours, which you close yourself. Default none. */
  readonly introspection?: IntrospectionClient<Claims> | undefined
}

/** Options of {@link TokenIntrospectionModule.forRoot}. */
export interface TokenIntrospectionModuleOptions<Claims extends object = object>
  extends TokenIntrospectionOptions<Claims> {
  /** Whether every module can inject the client and the guard without importing this module. Default `false`. */
  readonly global?: boolean | undefined
}

/** Options of {@link TokenIntrospectionModule.forRootAsync}. */
export interface TokenIntrospectionModuleAsyncOptions<Claims extends object = object> {
  /** Modules whose providers `inject` names. Default none. */
  readonly imports?: ModuleMetadata['imports']
  /** Providers that `useFactory` gets as arguments, such as `ConfigService`. Default none. */
  readonly inject?: FactoryProvider['inject']
  /** Returns the options, or a promise of them. Nest calls it once, when the application starts. */
  readonly useFactory: (
    ...injected: never[]
  ) => TokenIntrospectionOptions<Claims> | Promise<TokenIntrospectionOptions<Claims>>
  /** Whether every module can inject the client and the guard without importing this module. Default `false`. */
  readonly global?: boolean | undefined
}

const OPTIONS = Symbol('token-introspection:options')
const OPTION_NAMES = ['client', 'introspection', 'guard', 'requestOf', 'passPreflights'] as const

/**
 * A module that provides `IntrospectionClient` and `TokenGuard`. `@UseGuards(TokenGuard)` then works in every module of the
 * application. A module whose classes inject one of the two imports what `forRoot` returned, the same object everywhere; the bare
 * class cannot be imported. For a guard of every route, add `{ provide: APP_GUARD, useExisting: TokenGuard }` to the providers of your module.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common'
 * import { APP_GUARD } from '@nestjs/core'
 * import { clientSecretBasic } from '@token-introspection/client'
 * import { TokenGuard, TokenIntrospectionModule } from '@token-introspection/client/nest'
 *
 * export class AppModule {}
 * Module({
 *   imports: [
 *     TokenIntrospectionModule.forRoot({
 *       client: {
 *         issuer: 'https://as.example.com',
 *         clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *         audience: 'https://orders.example.com',
 *       },
 *     }),
 *   ],
 *   providers: [{ provide: APP_GUARD, useExisting: TokenGuard }],
 * })(AppModule)
 * ```
 */
export class TokenIntrospectionModule implements OnApplicationShutdown {
  readonly #introspection: IntrospectionClient
  readonly #isOurs: boolean

  /** @internal Nest creates it. */
  constructor(introspection: IntrospectionClient, options: TokenIntrospectionOptions) {
    this.#introspection = introspection
    this.#isOurs = options.introspection === undefined
  }

  /**
   * The module with options that are known when it is imported.
   *
   * @throws TypeError that names an unknown option, or when there is not exactly one of `client` and `introspection`. Options of
   * the client are checked when the application starts.
   */
  static forRoot<Claims extends object = object>(options: TokenIntrospectionModuleOptions<Claims>): DynamicModule {
    const group = new OptionGroup('TokenIntrospectionModule', options, [...OPTION_NAMES, 'global'])
    const { global: _, ...given } = copyOptions('TokenIntrospectionModule', options)
    return createModule(group.boolean('global', false), { provide: OPTIONS, useValue: checkOptions(given) })
  }

  /**
   * The module with options that another provider has, such as a configuration or a store of secrets.
   *
   * @throws TypeError that names an unknown option, or a missing `useFactory`. The application does not start when the factory
   * fails, or returns wrong options.
   *
   * @example
   * ```ts
   * import { clientSecretBasic } from '@token-introspection/client'
   * import { TokenIntrospectionModule } from '@token-introspection/client/nest'
   *
   * abstract class Settings {
   *   abstract getOrThrow(name: string): string
   * }
   *
   * export const introspectionModule = TokenIntrospectionModule.forRootAsync({
   *   inject: [Settings],
   *   useFactory: (settings: Settings) => ({
   *     client: {
   *       issuer: settings.getOrThrow('ISSUER'),
   *       clientAuthentication: clientSecretBasic('orders-api', settings.getOrThrow('ORDERS_API_SECRET')),
   *       audience: 'https://orders.example.com',
   *     },
   *   }),
   * })
   * ```
   */
  static forRootAsync<Claims extends object = object>(
    options: TokenIntrospectionModuleAsyncOptions<Claims>,
  ): DynamicModule {
    const group = new OptionGroup('TokenIntrospectionModule', options, ['imports', 'inject', 'useFactory', 'global'])
    const useFactory = group.function<TokenIntrospectionModuleAsyncOptions<Claims>['useFactory']>('useFactory')
    if (useFactory === undefined) throw group.error('useFactory', 'is required: a function that returns the options')
    const { imports = [], inject = [] } = options
    return createModule(
      group.boolean('global', false),
      {
        provide: OPTIONS,
        useFactory: async (...injected: unknown[]) => checkOptions(await useFactory(...(injected as never[]))),
        inject,
      },
      imports,
    )
  }

  /** Closes the client that the module has created, after the connections of the application are closed. */
  async onApplicationShutdown(): Promise<void> {
    if (this.#isOurs) await this.#introspection.close()
  }
}

Module({})(TokenIntrospectionModule)
Inject(IntrospectionClient)(TokenIntrospectionModule, undefined, 0)
Inject(OPTIONS)(TokenIntrospectionModule, undefined, 1)

/** The options are a provider of their own, so that each application that starts has a client of its own. */
function createModule(
  global: boolean,
  options: Provider,
  imports: NonNullable<ModuleMetadata['imports']> = [],
): DynamicModule {
  return {
    module: TokenIntrospectionModule,
    global,
    imports,
    providers: [
      options,
      { provide: IntrospectionClient, useFactory: createClient, inject: [OPTIONS] },
      { provide: TokenGuard, useFactory: createTokenGuard, inject: [IntrospectionClient, OPTIONS] },
    ],
    exports: [IntrospectionClient, TokenGuard],
  }
}

function checkOptions(options: object): TokenIntrospectionOptions {
  const group = new OptionGroup('TokenIntrospectionModule', options, OPTION_NAMES)
  if (group.has('client') === group.has('introspection')) {
    throw group.error(
      'client',
      `give either client, the options of a client, or introspection, a client of yours; ${group.has('client') ? 'both are given' : 'neither is given'}`,
    )
  }
  const introspection = group.raw('introspection')
  if (introspection !== undefined && !(introspection instanceof IntrospectionClient)) {
    throw group.error('introspection', 'must be an IntrospectionClient')
  }
  return options
}

function createClient({ introspection, client }: TokenIntrospectionOptions): IntrospectionClient {
  return introspection ?? new IntrospectionClient(client as IntrospectionClientOptions)
}

function createTokenGuard(introspection: IntrospectionClient, options: TokenIntrospectionOptions): TokenGuard {
  const { guard, requestOf, passPreflights } = options
  return new TokenGuard(introspection, { guard, requestOf, passPreflights })
}
