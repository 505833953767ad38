/**
 * Branches of the Via that we add: worker, incarnation and number find the transaction again, the loop hash tells a
 * loop from a spiral (RFC 3261 §16.3 item 4, RFC 5393 §4.2).
 */
import type { SipMessage } from '../sip/message/sip-message.ts'

const cookie = 'z9hG4bK'

/** `boot` is a short word of this start of the server, so that an old server's branch is never ours. */
export function makeBranch(worker: number, incarnation: number, number: number, boot: string, loop: string): string {
  return `${cookie}${worker}.${incarnation}.${number.toString(36)}.${boot}.${loop}`
}

/** The loop hash of a branch that a server of this start made; null for anybody else's. */
export function loopHashOf(branch: string, boot: string): string | null {
  const parts = branch.split('.')
  return parts.length === 5 && parts[3] === boot ? (parts[4] as string) : null
}

/** FNV-1a over what decides where a request is routed: the same again means that it came round unchanged. */
export function loopHash(request: SipMessage): string {
  let hash = 0x811c9dc5
  hash = mix(hash, request.requestUri)
  hash = mix(hash, request.from?.tag ?? '')
  hash = mix(hash, request.to?.tag ?? '')
  hash = mix(hash, request.callId ?? '')
  hash = mix(hash, String(request.cseq?.number ?? 0))
  return (hash >>> 0).toString(36)
}

function mix(hash: number, text: string): number {
  let mixed = hash
  for (let index = 0; index < text.length; index++) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193)
  // A separator, so that moving a character from one field to the next changes the hash.
  return Math.imul(mixed ^ 0x1f, 0x01000193)
}
