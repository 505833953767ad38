/**
 * Extensions that a SUBSCRIBE requires (RFC 3261 §8.2.2.3).
 */
import { type Rejection, rejection } from '../shard/index.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { EventPackage } from './event-package.ts'

/** What must be understood and is not, neither by the notifier nor by the package. */
export function unknownExtension(request: SipMessage, { extensions = [] }: EventPackage): Rejection | null {
  const unknown = request.values(HeaderId.require).filter((tag) => !extensions.includes(tag.toLowerCase()))
  return unknown.length === 0 ? null : badExtension(unknown)
}

export function badExtension(tags: readonly string[]): Rejection {
  const headers = [['Unsupported', tags.join(', ')]] as const
  return rejection({ status: 420, reason: 'Bad Extension', event: 'events.bad-extension', headers })
}
