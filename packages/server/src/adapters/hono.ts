/** The Hono form: the fetch form, with the body if middleware has already read it. */
import type { Context } from 'hono'

/**
 * Turns a handler into one for `app.all`. If no middleware reads the body, it is the same as
 * `(context) => introspection(context.req.raw)`. After `context.req.text()`, `parseBody()`, a validator or the like, it takes the
 * body from the copy that Hono keeps. Use `app.all`: with `app.post`, Hono answers other methods with 404 instead of 405.
 *
 * @example
 * ```ts
 * import type { IntrospectionHandler } from '@token-introspection/server'
 * import { toHonoHandler } from '@token-introspection/server/hono'
 * import { Hono } from 'hono'
 *
 * export function serve(introspection: IntrospectionHandler) {
 *   return new Hono().all('/introspect', toHonoHandler(introspection))
 * }
 * ```
 */
export function toHonoHandler(
  handler: (request: Request) => Promise<Response>,
): (context: Context) => Promise<Response> {
  return async ({ req }) => await handler(await withBody(req))
}

/** The request with its body, if Hono has a copy. A body that other code has read, or that failed, is lost. */
async function withBody(req: Context['req']): Promise<Request> {
  const [firstRead] = Object.keys(req.bodyCache)
  // The handler reads the body only for POST.
  if (firstRead === undefined || req.raw.method !== 'POST') return req.raw
  const { url, method, headers, signal } = req.raw
  try {
    // From FormData, Hono would make a multipart body, so the form is encoded again.
    const body = firstRead === 'formData' ? encodeForm(await req.formData()) : await req.arrayBuffer()
    return new Request(url, { method, headers, body, signal })
  } catch {
    return req.raw
  }
}

/** Encodes a form again. Duplicates stay. Files are left out, because multipart bodies are refused by their media type. */
function encodeForm(form: FormData): URLSearchParams {
  const parameters = new URLSearchParams()
  form.forEach((value, name) => {
    if (typeof value === 'string') parameters.append(name, value)
  })
  return parameters
}
