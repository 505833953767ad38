/**
 * Request-URI and Route of a request within a dialog (RFC 3261 §12.2.1.1), past loose and strict routers.
 */

import { parseNameAddr } from '../message/name-addr.ts'
import { encodeSipUri, parseSipUri } from '../uri/sip-uri.ts'

export interface RequestRoute {
  readonly requestUri: string
  /** Values of the Route header, in order. */
  readonly routes: readonly string[]
}

/** A first router without `lr` is an RFC 2543 one: it wants itself in the Request-URI, and the target at the end. */
export function requestRoute(routeSet: readonly string[], remoteTarget: string): RequestRoute {
  const first = routeSet[0]
  const uri = first === undefined ? null : parseSipUri(parseNameAddr(first)?.uri ?? '')
  if (uri === null || uri.params.has('lr')) return { requestUri: remoteTarget, routes: routeSet }
  // What a Request-URI may not have: the method parameter and headers (RFC 3261 §19.1.1, table 1).
  const params = new Map([...uri.params].filter(([name]) => name !== 'method'))
  const requestUri = encodeSipUri({ ...uri, params, headers: null })
  return { requestUri, routes: [...routeSet.slice(1), `<${remoteTarget}>`] }
}
