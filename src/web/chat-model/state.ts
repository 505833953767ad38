/**
 * Everything that a tab shows, as plain data, and how each event changes it. One tab has the connection and tells the
 * others its events, so every tab comes to the same state.
 */
import type { Address } from './addresses.ts'
import { advanced, type Mark } from './marks.ts'

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly reason: string }
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'signed-out' }

export interface Contact {
  readonly address: Address
  /** As the user's list has it; null where it has none. */
  readonly name: string | null
}

export type Availability = 'available' | 'busy' | 'away' | 'offline' | 'pending' | 'refused' | 'unknown'

export interface Presence {
  readonly availability: Availability
  readonly note: string | null
  /** One of their devices says that it reads notifications of delivery and display. */
  readonly readsNotifications: boolean
}

export interface ChatMessage {
  readonly id: string
  readonly peer: Address
  readonly isOwn: boolean
  readonly text: string
  /** System clock of the sender where it said, else ours. */
  readonly atMs: number
  /** Of one's own messages. */
  readonly mark: Mark
  readonly reason: string | null
  readonly isUnread: boolean
  /** Id under which its sender wants to hear that it was read; null when nobody does. */
  readonly wantsRead: string | null
}

export interface Conversation {
  readonly peer: Address
  /** What they call themselves; null when they do not. */
  readonly name: string | null
  /** Oldest first. */
  readonly messages: readonly ChatMessage[]
  readonly isTyping: boolean
  readonly readsNotifications: boolean
}

export type OwnChoice = 'available' | 'busy' | 'away'

export interface OwnPresence {
  readonly choice: OwnChoice
  readonly isIdle: boolean
  readonly note: string
}

export interface ChatState {
  readonly account: Address
  readonly connection: Connection
  /** Null until they have been read. */
  readonly contacts: readonly Contact[] | null
  readonly contactsFault: string | null
  readonly presence: Readonly<Record<Address, Presence>>
  readonly conversations: Readonly<Record<Address, Conversation>>
  readonly own: OwnPresence
}

export type ChatEvent =
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'contacts'; readonly contacts: readonly Contact[]; readonly fault: string | null }
  | { readonly kind: 'contacts-fault'; readonly fault: string }
  /** `isAll`: who is not named is not watched any more. */
  | { readonly kind: 'presence'; readonly of: Readonly<Record<Address, Presence>>; readonly isAll: boolean }
  | { readonly kind: 'history'; readonly messages: readonly ChatMessage[] }
  | { readonly kind: 'message'; readonly message: ChatMessage }
  | {
      readonly kind: 'mark'
      readonly peer: Address
      readonly id: string
      readonly mark: Mark
      readonly reason: string | null
    }
  | { readonly kind: 'typing'; readonly peer: Address; readonly isTyping: boolean }
  | {
      readonly kind: 'peer'
      readonly peer: Address
      readonly name: string | null
      readonly readsNotifications: boolean
    }
  | { readonly kind: 'opened'; readonly peer: Address }
  | { readonly kind: 'read'; readonly peer: Address }
  | { readonly kind: 'own'; readonly own: OwnPresence }

/** So many of a conversation are shown; the rest stays in the browser's history. */
export const shownMessagesMax = 500

export const unknownPresence: Presence = { availability: 'unknown', note: null, readsNotifications: false }

export function initialState(account: Address): ChatState {
  return {
    account,
    connection: { kind: 'connecting' },
    contacts: null,
    contactsFault: null,
    presence: {},
    conversations: {},
    own: { choice: 'available', isIdle: false, note: '' },
  }
}

export function reduce(state: ChatState, event: ChatEvent): ChatState {
  switch (event.kind) {
    case 'connection':
      return { ...state, connection: event.connection, ...(event.connection.kind === 'online' ? {} : lost(state)) }
    case 'contacts':
      return { ...state, contacts: event.contacts, contactsFault: event.fault }
    case 'contacts-fault':
      return { ...state, contactsFault: event.fault }
    case 'presence':
      return { ...state, presence: event.isAll ? event.of : { ...state.presence, ...event.of } }
    case 'history':
      return event.messages.reduce(withMessage, state)
    case 'message':
      return withMessage(state, event.message)
    case 'mark':
      return withConversation(state, event.peer, (conversation) => marked(conversation, event))
    case 'typing':
      return withConversation(state, event.peer, (conversation) => ({ ...conversation, isTyping: event.isTyping }))
    case 'peer':
      return withConversation(state, event.peer, (conversation) => ({
        ...conversation,
        name: event.name ?? conversation.name,
        readsNotifications: event.readsNotifications || conversation.readsNotifications,
      }))
    case 'opened':
      return withConversation(state, event.peer, (conversation) => conversation)
    case 'read':
      return state.conversations[event.peer] ? withConversation(state, event.peer, allRead) : state
    case 'own':
      return { ...state, own: event.own }
  }
}

/** Nothing is known of others while there is no connection. */
function lost(state: ChatState): Pick<ChatState, 'presence' | 'conversations'> {
  const conversations = Object.entries(state.conversations).map(([peer, each]) => [peer, { ...each, isTyping: false }])
  return { presence: {}, conversations: Object.fromEntries(conversations) }
}

function withConversation(
  state: ChatState,
  peer: Address,
  change: (conversation: Conversation) => Conversation,
): ChatState {
  const before = state.conversations[peer] ?? {
    peer,
    name: null,
    messages: [],
    isTyping: false,
    readsNotifications: false,
  }
  return { ...state, conversations: { ...state.conversations, [peer]: change(before) } }
}

/** In the order of time; one that is there already is not taken twice. */
function withMessage(state: ChatState, message: ChatMessage): ChatState {
  return withConversation(state, message.peer, (conversation) => {
    const { messages, isTyping } = conversation
    if (messages.some(({ id }) => id === message.id)) return conversation
    let at = messages.length
    while (at > 0 && messages[at - 1]!.atMs > message.atMs) at--
    const all = [...messages.slice(0, at), message, ...messages.slice(at)]
    // RFC 3994 §3.3: who has written does not compose any more.
    return { ...conversation, messages: all.slice(-shownMessagesMax), isTyping: isTyping && message.isOwn }
  })
}

function marked(conversation: Conversation, { id, mark, reason }: ChatEvent & { kind: 'mark' }): Conversation {
  const messages = conversation.messages.map((message) => {
    if (message.id !== id || !message.isOwn) return message
    const now = advanced(message.mark, mark)
    return now === message.mark ? message : { ...message, mark: now, reason }
  })
  return { ...conversation, messages }
}

function allRead(conversation: Conversation): Conversation {
  if (unreadCount(conversation) === 0) return conversation
  const messages = conversation.messages.map((each) =>
    each.isUnread ? { ...each, isUnread: false, wantsRead: null } : each,
  )
  return { ...conversation, messages }
}

export function unreadCount({ messages }: Conversation): number {
  return messages.reduce((count, { isUnread }) => count + (isUnread ? 1 : 0), 0)
}

export function unreadTotal({ conversations }: ChatState): number {
  return Object.values(conversations).reduce((count, each) => count + unreadCount(each), 0)
}
