/**
 * A SIP message as those may see it who look after a server: no credentials ever, and neither body nor subject where
 * nobody asked for them. What is left is a whole message still (RFC 3261 §7), for people and for programs such as
 * Homer.
 */
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'

const credentialHeaders: ReadonlySet<HeaderId> = new Set([
  HeaderId.authorization,
  HeaderId.proxyAuthorization,
  HeaderId.wwwAuthenticate,
  HeaderId.proxyAuthenticate,
  HeaderId.authenticationInfo,
  HeaderId.proxyAuthenticationInfo,
])
/** Of RFC 7616 §3.3, §3.4: what names, and proves nothing. All else of these headers is hidden. */
const namingParameters: ReadonlySet<string> = new Set(['username', 'realm', 'algorithm', 'qop', 'stale', 'nc'])
/** From where the one before it ended: what stands inside a quoted value is no parameter. */
const parameter = /[\s,]*([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,"]+)/y
/** The password that a SIP URI may carry (RFC 3261 §19.1.1), which nobody should use. */
const uriPassword = /(sips?:[^\s:@<>;,"]+):[^\s@<>;,"]*@/gi

const hidden = '(hidden)'

/** `withBody`: subject and body too. The bytes are a copy. */
export function shownMessage(message: SipMessage, withBody: boolean): Buffer {
  const lines = [startLine(message)]
  for (let line = 0; line < message.headersCount; line++) {
    const { id, name, value } = message.headerAt(line)
    if (id === HeaderId.contentLength) continue
    lines.push(`${name}: ${shownValue(id, value, withBody)}`)
  }
  const body = withBody ? message.body : Buffer.alloc(0)
  lines.push(`Content-Length: ${body.length}`, '', '')
  return Buffer.concat([Buffer.from(lines.join('\r\n')), body])
}

function startLine(message: SipMessage): string {
  if (!message.isRequest) return `SIP/2.0 ${message.statusCode} ${message.reasonPhrase}`
  return `${message.method} ${withoutPassword(message.requestUri)} SIP/2.0`
}

function shownValue(id: HeaderId, value: string, withBody: boolean): string {
  if (credentialHeaders.has(id)) return shownCredentials(value)
  if (id === HeaderId.subject && !withBody) return hidden
  return withoutPassword(value)
}

function withoutPassword(text: string): string {
  return text.replaceAll(uriPassword, '$1@')
}

/** Scheme and names; of a scheme that is not Digest the scheme alone. */
function shownCredentials(value: string): string {
  const [, scheme = ''] = /^([\w-]+)(?:\s|$)/.exec(value) ?? []
  if (scheme.toLowerCase() !== 'digest') return `${scheme} ${hidden}`.trim()
  const names: string[] = []
  parameter.lastIndex = scheme.length
  for (let found = parameter.exec(value); found; found = parameter.exec(value)) {
    const [, name = '', text = ''] = found
    if (namingParameters.has(name.toLowerCase())) names.push(`${name}=${text}`)
  }
  return `${scheme} ${[...names, `response="${hidden}"`].join(', ')}`
}
