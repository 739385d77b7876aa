/** The handler in every framework that has an adapter, with and without middleware that reads bodies. */
import { expressForms } from './framework-forms/express-forms.ts'
import { fastifyForms } from './framework-forms/fastify-forms.ts'
import type { FrameworkForm } from './framework-forms/framework-form.ts'
import { h3Forms } from './framework-forms/h3-forms.ts'
import { honoForms } from './framework-forms/hono-forms.ts'
import { koaForms } from './framework-forms/koa-forms.ts'
import { lambdaForms } from './framework-forms/lambda-forms.ts'
import { nestForms } from './framework-forms/nest-forms.ts'

export const frameworks: readonly FrameworkForm[] = [
  ...expressForms,
  ...koaForms,
  ...fastifyForms,
  ...honoForms,
  ...h3Forms,
  ...nestForms,
  ...lambdaForms,
]
