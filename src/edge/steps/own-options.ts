/**
 * Step: OPTIONS to the server itself is answered by it (RFC 3261 §11.2), without asking who wants to know: it is how
 * monitoring looks whether a SIP server is there, and it tells nothing about anybody.
 */
import { parseSipUri } from '../../sip/uri/sip-uri.ts'
import type { Arrival, Verdict } from '../arrival.ts'

const capabilities = Object.freeze({
  status: 200,
  reason: 'OK',
  event: 'edge.own-options',
  headers: [
    ['Allow', 'REGISTER, MESSAGE, INVITE, ACK, CANCEL, BYE, OPTIONS, SUBSCRIBE, NOTIFY, REFER, INFO, UPDATE, PRACK'],
    ['Supported', 'path, outbound, gruu, eventlist, recipient-list-subscribe'],
    // RFC 6665 §8.2.2: what `src/services.ts` offers.
    ['Allow-Events', 'presence, presence.winfo, message-summary, reg, xcap-diff'],
    // A proxy: what a body holds is for the device to accept or not.
    ['Accept', '*/*'],
  ] as const,
})

export function ownOptions({ request, ports, flow }: Arrival): Verdict {
  if (request.method !== 'OPTIONS' || request.to?.tag) return 'continue'
  const uri = parseSipUri(request.requestUri)
  if (!uri || uri.user !== null) return 'continue'
  const host = uri.host.toLowerCase()
  const isOurs = ports.settings.domains.includes(host) || host === flow.transport.localAddress
  if (!isOurs) return 'continue'
  // RFC 3261 §20.17. For whoever wants to know whether clocks agree, before tokens and certificates suffer from it.
  const date = new Date(ports.clock.systemMs()).toUTCString()
  return { ...capabilities, headers: [...capabilities.headers, ['Date', date]] }
}
