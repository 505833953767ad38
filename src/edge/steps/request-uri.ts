/**
 * Step 6: is the Request-URI ours (RFC 3261 §16.3 item 2, §16.5)? What is addressed to other domains is not served.
 */
import { parseSipUri } from '../../sip/uri/sip-uri.ts'
import type { Arrival, Verdict } from '../arrival.ts'
import { badRequestUri, foreignDomain, unsupportedScheme } from '../rejections.ts'

const knownScheme = /^sips?:/i

export function requestUri({ request, ports, route, flow }: Arrival): Verdict {
  if (route) return 'continue'
  const text = request.requestUri
  if (!knownScheme.test(text)) return unsupportedScheme
  const uri = parseSipUri(text)
  if (!uri) return badRequestUri
  const host = uri.host.toLowerCase()
  if (ports.settings.domains.includes(host)) return 'continue'
  // A client that knows nothing but our address may use it to register or to ask what we can do.
  return uri.user === null && host === flow.transport.localAddress ? 'continue' : foreignDomain
}
