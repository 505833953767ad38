/** One session of a device: its dialog (RFC 3261 §12) and what waits for it to be made. */
import { copied } from './device-port.ts'
import { HeaderId, type SipMessage } from './sip.ts'

/** Something to say: a text of so many bytes, or that the user types. */
export interface Utterance {
  readonly to: number
  readonly talk: number
  readonly dueUs: number
  readonly bodyBytes: number
  /** Null: a text. */
  readonly typing: boolean | null
}

export class Session {
  readonly peer: number
  readonly talk: number
  readonly callId: string
  readonly localTag: string
  remoteTag = ''
  target = ''
  route: string | null = null
  isOpen = false
  isClosing = false
  /** Requests in the dialog that have no answer yet. */
  sending = 0
  readonly waiting: Utterance[] = []

  constructor(peer: number, talk: number, callId: string, localTag: string) {
    this.peer = peer
    this.talk = talk
    this.callId = callId
    this.localTag = localTag
  }

  /** Null where the INVITE lacks what a dialog needs. */
  static answering(invite: SipMessage, peer: number, talk: number, localTag: string): Session | null {
    const session = new Session(peer, talk, copied(invite.callId ?? ''), localTag)
    const contacts = invite.contacts
    const tag = invite.from?.tag
    if (!Array.isArray(contacts) || !contacts[0] || !tag || peer < 0) return null
    session.remoteTag = copied(tag)
    session.target = copied(contacts[0].uri)
    const routes = invite.values(HeaderId.recordRoute)
    session.route = routes.length > 0 ? copied(routes.join(', ')) : null
    session.isOpen = true
    return session
  }

  /** False where the answer lacks what a dialog needs. */
  opened(response: SipMessage, shared: (text: string) => string): boolean {
    const contacts = response.contacts
    const tag = response.to?.tag
    if (!Array.isArray(contacts) || !contacts[0] || !tag) return false
    this.remoteTag = copied(tag)
    this.target = copied(contacts[0].uri)
    const routes = response.values(HeaderId.recordRoute).reverse()
    this.route = routes.length > 0 ? shared(routes.join(', ')) : null
    this.isOpen = true
    return true
  }
}
