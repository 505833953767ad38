/**
 * What a shard must know of a bus message before anybody has taken it: whose it is, who waits, who answers for it.
 */
import type { BusMessage, ReplyAddress } from '../ports/bus.ts'
import type { Aor } from '../sip/uri/aor.ts'

const roamingKinds: ReadonlySet<BusMessage['kind']> = new Set([
  'request',
  'deliver',
  'locate',
  'sent',
  'flow-died',
  'flow-alive',
])

/** About a user who may have another home. */
export function mayRoam(message: BusMessage): boolean {
  return roamingKinds.has(message.kind) || (message.kind === 'move-ask' && message.act.act === 'move')
}

/** About a user whom a directory may know: what somebody waits for, and what comes from main about him. */
export function mayBeInDirectory(message: BusMessage): boolean {
  switch (message.kind) {
    case 'request':
    case 'deliver':
    case 'locate':
    case 'xcap':
      return true
    case 'admin':
      return !['add', 'put-directory'].includes(message.act.act)
    default:
      return false
  }
}

/**
 * Whom somebody else wants to reach, and who waits for the answer. Whoever wants to sign in is answered as always: one
 * who is nobody is not told from one who is.
 */
export function addresseeOf(message: BusMessage): { readonly aor: Aor; readonly asker: ReplyAddress } | null {
  if (message.kind !== 'deliver' && message.kind !== 'locate') return null
  return { aor: message.recipient, asker: message.from }
}

/**
 * Who answers for a message that makes our code throw: the account where it is proved, else where the message came
 * from.
 */
export function culpritOf(message: BusMessage): string | null {
  if (message.kind === 'request') return message.source.identity?.aor ?? message.source.remoteAddress
  if (message.kind === 'xcap') return message.remoteAddress
  if (message.kind === 'watches') return message.watcher
  return 'sender' in message ? message.sender : ownerOf(message)
}

/** The user whose state a bus message is about; null where it is about none. */
export function ownerOf(message: BusMessage): Aor | null {
  switch (message.kind) {
    case 'request':
    case 'sent':
      return message.sender
    case 'deliver':
    case 'locate':
      return message.recipient
    case 'flow-died':
    case 'flow-alive':
    case 'whose':
    case 'move-ask':
    case 'admin':
    case 'policy-ask':
    case 'presence-ask':
    case 'xcap':
    case 'document':
      return message.aor
    default:
      return null
  }
}

/** Who waits for an `answer` to this message: a server transaction, or HTTP; null where nobody does. */
export function askerOf(message: BusMessage): ReplyAddress | null {
  switch (message.kind) {
    case 'request':
    case 'deliver':
    case 'locate':
    case 'xcap':
      return message.from
    default:
      return null
  }
}
