/**
 * Operation id: the same for a request and its retransmissions by whatever way, different for everything else.
 * Formed only after authentication, with the account in it, so that nobody can claim another's operation.
 */
import { hash } from 'node:crypto'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'

export function operationId(account: Aor, request: SipMessage): string {
  const from = request.from
  const device = from?.params.get('epid') ?? contactInstance(request) ?? ''
  const parts = [
    account,
    device,
    request.method,
    request.callId ?? '',
    String(request.cseq?.number ?? ''),
    from?.tag ?? '',
    request.to?.tag ?? '',
    request.requestUri,
    request.topVia?.branch ?? '',
  ]
  return hash('sha256', parts.join('\0'), 'base64url').slice(0, 27)
}

function contactInstance(request: SipMessage): string | null {
  const contacts = request.contacts
  return Array.isArray(contacts) ? (contacts[0]?.instanceId ?? null) : null
}
