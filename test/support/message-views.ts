/**
 * What a parsed message shows, by the names that vectors use (`- sees:`).
 */
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { NameAddr } from '../../src/sip/message/name-addr.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { parseVia } from '../../src/sip/message/via.ts'
import { uriAor } from '../../src/sip/uri/sip-uri.ts'

const views: Record<string, (message: SipMessage) => unknown> = {
  method: (message) => message.method,
  uri: (message) => message.requestSipUri,
  status: (message) => message.statusCode,
  reason: (message) => message.reasonPhrase,
  from: (message) => withAor(message.from),
  to: (message) => withAor(message.to),
  topVia: (message) => message.topVia,
  cseq: (message) => message.cseq,
  callId: (message) => message.callId,
  maxForwards: (message) => message.maxForwards,
  expiresSeconds: (message) => message.expiresSeconds,
  contact: (message) => (Array.isArray(message.contacts) ? message.contacts[0] : message.contacts),
  contacts: (message) => (Array.isArray(message.contacts) ? message.contacts.length : message.contacts),
  vias: (message) => message.values(HeaderId.via).length,
  viaTransports: (message) =>
    message
      .values(HeaderId.via)
      .map((text) => parseVia(text)?.transport)
      .join(' '),
  accepts: (message) => message.values(HeaderId.accept).length,
  proxyRequires: (message) => message.values(HeaderId.proxyRequire).join(' '),
  bodyBytes: (message) => message.body.length,
}

function withAor(value: NameAddr | null): (NameAddr & { aor: string | null }) | null {
  return value === null ? null : { ...value, aor: uriAor(value.uri) }
}

/** `topVia.branch`, `header Subject`, `vias`. */
export function viewOf(message: SipMessage, view: string): unknown {
  if (view.startsWith('header ')) return message.named(view.slice('header '.length))
  const [name, member] = view.split('.') as [string, string | undefined]
  const show = views[name]
  if (show === undefined) throw new Error(`no view ${view}: test/support/message-views.ts has them`)
  const value = show(message)
  return member === undefined || value === null ? value : (value as Record<string, unknown>)[member]
}
