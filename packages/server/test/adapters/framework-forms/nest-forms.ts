/** Nest with the handler before its parsers, and in a controller after them. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { All, Controller, Module, type NestApplicationOptions, Req, Res, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { toExpressHandler } from '../../../src/adapters/express.ts'
import type { HttpHandler } from '../../../src/index.ts'
import { whenDone } from '../../path/when-done.ts'
import { EXPRESS_PARSERS } from './express-forms.ts'
import type { Exceptions, FrameworkForm } from './framework-form.ts'

// The original octets are kept, so only bodies that the parser refuses differ.
const NEST_RAW_BODY: Exceptions = {
  'a compressed body': 400,
  'a body compressed twice': 415,
  'a body over the cap without a length': 413,
  'a hundred thousand parameters': 413,
}

export const nestForms: readonly FrameworkForm[] = [
  { name: 'Nest by app.use', bare: true, start: startNest({}) },
  { name: 'Nest by app.use with rawBody', bare: true, start: startNest({ rawBody: true }) },
  { name: 'Nest in a controller', start: startNestController({}), exceptions: EXPRESS_PARSERS },
  { name: 'Nest in a controller without its parsers', bare: true, start: startNestController({ bodyParser: false }) },
  {
    name: 'Nest in a controller with rawBody',
    start: startNestController({ rawBody: true }),
    exceptions: NEST_RAW_BODY,
  },
]

/** Nest with the handler in a controller, without its parsers. */
export function startNestWithoutParsers(prepare: PrepareNest): FrameworkForm['start'] {
  return startNestController({ bodyParser: false }, prepare)
}

type PrepareNest = (app: NestExpressApplication) => unknown

const QUIET = { logger: false, abortOnError: false } as const

/** Nest with the handler before its parsers, which Nest installs when it starts to listen. */
function startNest(options: NestApplicationOptions) {
  return async (handler: HttpHandler): Promise<Server> => {
    const app = await NestFactory.create<NestExpressApplication>(createModule([]), { ...QUIET, ...options })
    app.use(['/introspect', '/oauth2/introspect'], toExpressHandler(handler))
    return await listenNest(app)
  }
}

/** Nest with the handler in a controller, after its parsers. Decorators are called as functions: tests are not compiled. */
function startNestController(options: NestApplicationOptions, prepare: PrepareNest = () => undefined) {
  return async (handler: HttpHandler): Promise<Server> => {
    const listener = toExpressHandler(handler)
    class IntrospectionController {
      answer(request: IncomingMessage, response: ServerResponse): void {
        listener(request, response)
      }
    }
    const { prototype } = IntrospectionController
    const method = Object.getOwnPropertyDescriptor(prototype, 'answer') as PropertyDescriptor
    All(['introspect', 'oauth2/introspect'])(prototype, 'answer', method)
    Req()(prototype, 'answer', 0)
    Res()(prototype, 'answer', 1)
    Controller()(IntrospectionController)
    const module = createModule([IntrospectionController])
    const app = await NestFactory.create<NestExpressApplication>(module, { ...QUIET, ...options })
    prepare(app)
    return await listenNest(app)
  }
}

function createModule(controllers: Type[]): Type {
  class AppModule {
    readonly name = 'introspection'
  }
  Module({ controllers })(AppModule)
  return AppModule
}

async function listenNest(app: NestExpressApplication): Promise<Server> {
  whenDone(() => app.close())
  app.disable('x-powered-by')
  await app.listen(0, '127.0.0.1')
  return app.getHttpServer()
}
