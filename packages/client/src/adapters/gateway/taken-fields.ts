/** Fields that HTTP, a gateway or a browser gives a meaning, in lower case. */
const NAMES = new Set(
  `age allow alt-svc authorization cache-control connection cookie date etag expect expires forwarded host keep-alive
  last-modified location origin pragma referer retry-after server set-cookie strict-transport-security te trailer
  transfer-encoding upgrade vary via www-authenticate x-forwarded-client-cert x-forwarded-for x-forwarded-host
  x-forwarded-method x-forwarded-port x-forwarded-prefix x-forwarded-proto x-forwarded-server x-forwarded-uri
  x-real-ip`.split(/\s+/),
)

const STARTS = [
  'accept',
  'access-control-',
  'content-',
  'dpop',
  'proxy-',
  'sec-',
  'x-accel-',
  'x-envoy-',
  'x-forwarded-tls-',
  'x-original-',
]

/** Whether a field of this name, in lower case, has a meaning of its own. */
export function isTakenField(name: string): boolean {
  return NAMES.has(name) || STARTS.some((start) => name.startsWith(start))
}
