/**
 * Contacts and other people one has written with, and the field to find one more.
 */
import { h, type JSX } from 'preact'
import { useState } from 'preact/hooks'
import { type Address, addressOf, shortName } from '../chat-model/addresses.ts'
import { type ChatState, type Presence, unknownPresence, unreadCount } from '../chat-model/state.ts'
import type { ChatClient } from './client.ts'

export interface PeopleProps {
  readonly client: ChatClient
  readonly state: ChatState
  readonly domain: string
  readonly peer: Address | null
  onOpen(peer: Address): void
}

interface Row {
  readonly address: Address
  readonly name: string
  readonly presence: Presence
  readonly unread: number
  readonly isTyping: boolean
}

export const availabilityWords: Readonly<Record<Presence['availability'], string>> = {
  available: 'Available',
  busy: 'Busy',
  away: 'Away',
  offline: 'Offline',
  pending: 'Has not yet allowed you to see',
  refused: 'State not shown to you',
  unknown: '',
}

export function People(props: PeopleProps): JSX.Element {
  const { client, state, domain, onOpen } = props
  const contacts = state.contacts ?? []
  const isContact = new Set(contacts.map(({ address }) => address))
  const others = Object.keys(state.conversations).filter((each) => !isContact.has(each))
  return h(
    'div',
    { class: 'people' },
    h(AddForm, {
      domain,
      onAdd: (address) => {
        client.run({ kind: 'add-contact', address, name: null })
        onOpen(address)
      },
    }),
    h('div', { role: 'alert' }, state.contactsFault === null ? null : h('p', { class: 'fault' }, state.contactsFault)),
    h('h2', { id: 'contacts-title' }, 'Contacts'),
    contacts.length === 0
      ? h('p', { class: 'quiet' }, state.contacts === null ? 'Loading…' : 'Nobody yet. Add somebody by name above.')
      : rows(
          contacts.map(({ address, name }) => rowOf(state, address, name, domain)),
          'contacts-title',
          props,
        ),
    ...(others.length === 0
      ? []
      : [
          h('h2', { key: 'others', id: 'others-title' }, 'Other conversations'),
          rows(
            others.map((address) => rowOf(state, address, null, domain)),
            'others-title',
            props,
          ),
        ]),
  )
}

function rowOf({ presence, conversations }: ChatState, address: Address, name: string | null, domain: string): Row {
  const conversation = conversations[address]
  return {
    address,
    name: name ?? conversation?.name ?? shortName(address, domain),
    presence: presence[address] ?? unknownPresence,
    unread: conversation ? unreadCount(conversation) : 0,
    isTyping: conversation?.isTyping ?? false,
  }
}

function rows(all: readonly Row[], titleId: string, { peer, onOpen }: PeopleProps): JSX.Element {
  return h(
    'ul',
    { key: titleId, 'aria-labelledby': titleId },
    ...all.map((row) =>
      h('li', { key: row.address }, h(PersonButton, { row, isCurrent: row.address === peer, onOpen })),
    ),
  )
}

interface PersonProps {
  readonly row: Row
  readonly isCurrent: boolean
  onOpen(peer: Address): void
}

function PersonButton({ row, isCurrent, onOpen }: PersonProps): JSX.Element {
  const { address, name, presence, unread, isTyping } = row
  const words = availabilityWords[presence.availability]
  const line = isTyping ? 'Typing…' : [words, presence.note].filter((each) => each).join(' · ')
  return h(
    'button',
    {
      type: 'button',
      class: 'person',
      onClick: () => onOpen(address),
      ...(isCurrent ? { 'aria-current': 'true', 'data-current': '' } : {}),
      'data-address': address,
    },
    h('span', { class: `dot ${presence.availability}`, 'aria-hidden': 'true' }),
    h(
      'span',
      { class: 'person-words' },
      h('span', { class: 'person-name' }, name),
      line === '' ? null : h('span', { class: 'person-line' }, line),
    ),
    unread === 0 ? null : h('span', { class: 'badge' }, String(unread), h('span', { class: 'unseen' }, ' unread')),
  )
}

function AddForm({ domain, onAdd }: { readonly domain: string; onAdd(address: Address): void }): JSX.Element {
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const submit = (event: Event) => {
    event.preventDefault()
    const address = addressOf(typed, domain)
    if (address === null) return setFault(`That is no name. Type one such as bob, or bob@${domain}.`)
    setFault(null)
    setTyped('')
    onAdd(address)
  }
  return h(
    'form',
    { class: 'add', onSubmit: submit },
    h('label', { for: 'add-name' }, 'Add somebody'),
    h(
      'div',
      { class: 'add-line' },
      h('input', {
        id: 'add-name',
        type: 'text',
        value: typed,
        placeholder: 'bob',
        autocomplete: 'off',
        autocapitalize: 'none',
        spellcheck: false,
        onInput: (event: Event) => setTyped((event.currentTarget as HTMLInputElement).value),
        ...(fault === null ? {} : { 'aria-invalid': 'true', 'aria-describedby': 'add-fault' }),
      }),
      h('button', { type: 'submit' }, 'Add'),
    ),
    h('div', { role: 'alert' }, fault === null ? null : h('p', { class: 'fault', id: 'add-fault' }, fault)),
  )
}
