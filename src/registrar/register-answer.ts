/**
 * The headers of a 200 to REGISTER (RFC 3261 §10.3 step 8): every binding with what is left of it, GRUUs where the
 * client knows them (RFC 5627 §3.3), Path and Service-Route (RFC 3327, 3608), Date.
 */
import type { HeaderLines, RequestMessage } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Seals } from '../ports/seals.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import { quote } from '../sip/message/quoted-string.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Binding } from './binding.ts'
import { mayHaveGruu, publicGruu, temporaryGruu } from './gruu.ts'
import { ownUri } from './own-uri.ts'

/** RFC 5626 §4.4: how long a client may go without a keep-alive before we take its flow for dead. */
const flowTimerSeconds = 120

export function registerAnswerHeaders(
  ports: { readonly clock: Clock; readonly seals: Seals },
  of: { aor: Aor; message: RequestMessage; bindings: readonly Binding[]; nowMs: number },
): HeaderLines {
  const { message, bindings } = of
  const { request, source } = message
  const knows = new Set(request.values(HeaderId.supported).map((tag) => tag.toLowerCase()))
  const lines: [string, string][] = []
  for (const binding of bindings) lines.push(['Contact', contactValue(ports.seals, of, binding, knows.has('gruu'))])
  lines.push(['Date', httpDate(ports.clock.systemMs())], ['Supported', 'path, outbound, gruu'])
  if (knows.has('path')) for (const value of request.values(HeaderId.path)) lines.push(['Path', value])
  lines.push(['Service-Route', `<${ownUri(source)};lr>`])
  if (knows.has('outbound') && usesOutbound(request)) {
    lines.push(['Require', 'outbound'], ['Flow-Timer', String(flowTimerSeconds)])
  }
  return lines
}

function usesOutbound(request: SipMessage): boolean {
  const { contacts } = request
  return Array.isArray(contacts) && contacts.some((contact) => contact.instanceId !== null && contact.regId !== null)
}

function contactValue(
  seals: Seals,
  of: { aor: Aor; message: RequestMessage; nowMs: number },
  binding: Binding,
  withGruu: boolean,
): string {
  const seconds = Math.max(0, Math.round((binding.expiresMs - of.nowMs) / 1000))
  let value = `<${binding.contactUri}>;expires=${seconds}`
  if (binding.q !== 1) value += `;q=${binding.q}`
  if (binding.instanceId === null) return value
  value += `;+sip.instance=${quote(`<${binding.instanceId}>`)}`
  if (binding.regId !== null) value += `;reg-id=${binding.regId}`
  if (!withGruu || !mayHaveGruu(binding.instanceId)) return value
  const temporary = temporaryGruu(seals, of.aor, binding.instanceId, binding.callId, binding.cseq)
  return `${value};pub-gruu="${publicGruu(of.aor, binding.instanceId)}";temp-gruu="${temporary}"`
}

/** RFC 3261 §20.17: RFC 1123 form, always GMT. */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString()
}
