/**
 * Which credentials are a bearer token (RFC 6750 §2.1). They name no realm: whoever sees one may use it, so that a
 * server that is shown one passes it to nobody.
 */
const bearerScheme = /^bearer(?:[ \t]|$)/i

export function isBearer(credentials: string): boolean {
  return bearerScheme.test(credentials)
}
