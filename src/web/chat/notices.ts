/**
 * What a user notices while looking elsewhere: the number of unread messages in the title, and notifications of the
 * desktop where the user has asked for them.
 */
import { type Address, shortName } from '../chat-model/addresses.ts'
import { type ChatMessage, type ChatState, unreadTotal } from '../chat-model/state.ts'

/** A tab that shows the conversation says within this time that it was read. */
const graceMs = 800
const textCharsMax = 160

export type NoticePermission = 'asked' | 'granted' | 'denied' | 'impossible'

export class Notices {
  /** What a click on a notification opens. */
  onOpen: (peer: Address) => void = () => {}
  readonly #domain: string

  constructor(domain: string) {
    this.#domain = domain
  }

  get permission(): NoticePermission {
    if (!('Notification' in globalThis)) return 'impossible'
    return Notification.permission === 'default' ? 'asked' : Notification.permission
  }

  /** By a click only: browsers refuse it otherwise, and rightly. */
  async ask(): Promise<void> {
    await Notification.requestPermission()
  }

  showUnread(state: ChatState | null): void {
    const count = state ? unreadTotal(state) : 0
    const title = count === 0 ? 'Meridian chat' : `(${count}) Meridian chat`
    if (document.title !== title) document.title = title
  }

  onUnread({ peer, id, text }: ChatMessage, state: () => ChatState | null): void {
    if (this.permission !== 'granted') return
    setTimeout(() => {
      const messages = state()?.conversations[peer]?.messages ?? []
      if (!messages.some((each) => each.id === id && each.isUnread)) return
      const body = text.length > textCharsMax ? `${text.slice(0, textCharsMax)}…` : text
      const notification = new Notification(shortName(peer, this.#domain), { body, tag: peer })
      notification.onclick = () => {
        window.focus()
        this.onOpen(peer)
        notification.close()
      }
    }, graceMs)
  }
}
