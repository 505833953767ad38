/**
 * One conversation: who it is with, what was said, who is typing, and the field to write in.
 */
import { h, type JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { type Address, shortName } from '../chat-model/addresses.ts'
import type { ChatState } from '../chat-model/state.ts'
import { unknownPresence, unreadCount } from '../chat-model/state.ts'
import type { ChatClient } from './client.ts'
import { ComposeForm } from './view-compose.ts'
import { MessageView } from './view-message.ts'
import { availabilityWords } from './view-people.ts'

export interface ConversationProps {
  readonly client: ChatClient
  readonly state: ChatState
  readonly domain: string
  readonly peer: Address
  onClose(): void
}

export function ConversationView({ client, state, domain, peer, onClose }: ConversationProps): JSX.Element {
  const conversation = state.conversations[peer]
  const messages = conversation?.messages ?? []
  const contact = state.contacts?.find(({ address }) => address === peer)
  const name = contact?.name ?? conversation?.name ?? shortName(peer, domain)
  const log = useRef<HTMLDivElement>(null)
  useRead(client, peer, conversation ? unreadCount(conversation) : 0)
  useFollowing(log, messages.length, conversation?.isTyping ?? false)
  return h(
    'section',
    { class: 'conversation', 'aria-label': `Conversation with ${name}` },
    h(Head, { client, state, peer, name, isContact: contact !== undefined, onClose }),
    h(
      'div',
      { class: 'log', ref: log, role: 'log', 'aria-label': `Messages with ${name}`, tabIndex: 0 },
      // Each line is a child of its own with its key, none a list in the list: what comes and goes finds its place.
      ...(messages.length === 0
        ? [h('p', { key: 'nothing', class: 'quiet' }, 'Nothing said yet.')]
        : messages.flatMap((message, index) => {
            const day = dayOf(message.atMs)
            const isSameDay = index > 0 && day === dayOf(messages[index - 1]!.atMs)
            const retry = () => client.run({ kind: 'retry', peer, id: message.id })
            const line = h(MessageView, { key: message.id, message, name, onRetry: retry })
            return isSameDay ? [line] : [h('p', { key: `day ${message.id}`, class: 'day' }, day), line]
          })),
    ),
    h('p', { class: 'typing', role: 'status' }, conversation?.isTyping ? `${name} is typing…` : ''),
    h(ComposeForm, { client, peer, name }),
  )
}

interface HeadProps {
  readonly client: ChatClient
  readonly state: ChatState
  readonly peer: Address
  readonly name: string
  readonly isContact: boolean
  onClose(): void
}

function Head({ client, state, peer, name, isContact, onClose }: HeadProps): JSX.Element {
  const { availability, note } = state.presence[peer] ?? unknownPresence
  const line = [availabilityWords[availability], note].filter((each) => each).join(' · ')
  const change = () =>
    client.run(
      isContact ? { kind: 'remove-contact', address: peer } : { kind: 'add-contact', address: peer, name: null },
    )
  return h(
    'header',
    { class: 'head' },
    h('button', { type: 'button', class: 'plain back', onClick: onClose }, '‹ Back'),
    h('span', { class: `dot ${availability}`, 'aria-hidden': 'true' }),
    h(
      'div',
      { class: 'head-words' },
      h('h2', null, name),
      h('p', { class: 'quiet small', 'data-presence': availability }, line),
    ),
    h('button', { type: 'button', class: 'plain', onClick: change }, isContact ? 'Remove contact' : 'Add contact'),
  )
}

/** What is in front of somebody has been read. */
function useRead(client: ChatClient, peer: Address, unread: number): void {
  useEffect(() => {
    if (unread === 0) return
    const read = () => {
      if (document.visibilityState === 'visible' && document.hasFocus()) client.run({ kind: 'read', peer })
    }
    read()
    addEventListener('focus', read)
    document.addEventListener('visibilitychange', read)
    return () => {
      removeEventListener('focus', read)
      document.removeEventListener('visibilitychange', read)
    }
  }, [client, peer, unread])
}

const nearEndPixels = 120

/** The end stays in view for who is at the end; who has scrolled back is left in peace. */
function useFollowing(log: { readonly current: HTMLDivElement | null }, count: number, isTyping: boolean): void {
  const wasShown = useRef(false)
  useLayoutEffect(() => {
    const element = log.current
    if (!element) return
    const toEnd = element.scrollHeight - element.scrollTop - element.clientHeight
    const last = element.lastElementChild
    const added = last?.classList.contains('own') ?? false
    if (!wasShown.current || added || toEnd < nearEndPixels + (last?.clientHeight ?? 0)) {
      element.scrollTop = element.scrollHeight
    }
    wasShown.current = true
  }, [log, count, isTyping])
}

const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })

function dayOf(atMs: number): string {
  return dayFormat.format(atMs)
}
