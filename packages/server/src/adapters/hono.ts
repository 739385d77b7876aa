/** The Hono form: the fetch form, with the body that middleware may have read already. */
import type { Context } from 'hono'

/**
 * Turns a handler into one for `app.all`. Nothing but `(context) => introspection(context.req.raw)` as long as no
 * middleware reads the body; after `context.req.text()`, `parseBody()`, a validator and the like, the body comes from
 * what Hono keeps of it. Use `app.all`: with `app.post`, Hono answers other methods with 404 instead of 405.
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

/** The request with its body, when Hono has that; a body that was read past Hono, or could not be read, stays gone. */
async function withBody(req: Context['req']): Promise<Request> {
  const [firstRead] = Object.keys(req.bodyCache)
  // Only the body of a POST is looked at.
  if (firstRead === undefined || req.raw.method !== 'POST') return req.raw
  const { url, method, headers, signal } = req.raw
  try {
    // From a form, and only from that, Hono would make the body anew as multipart.
    const body = firstRead === 'formData' ? encodeForm(await req.formData()) : await req.arrayBuffer()
    return new Request(url, { method, headers, body, signal })
  } catch {
    return req.raw
  }
}

/** Duplicates stay. Files are left out: they come in multipart, which is refused by its media type. */
function encodeForm(form: FormData): URLSearchParams {
  const parameters = new URLSearchParams()
  form.forEach((value, name) => {
    if (typeof value === 'string') parameters.append(name, value)
  })
  return parameters
}
