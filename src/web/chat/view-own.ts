/**
 * The user's own corner: name, state that others see, note, notifications, sign-out.
 */
import { h, type JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ChatState, OwnChoice } from '../chat-model/state.ts'
import type { ChatClient } from './client.ts'
import { forgetSignIn } from './kept-sign-in.ts'
import type { Notices } from './notices.ts'

const choices: readonly (readonly [OwnChoice, string])[] = [
  ['available', 'Available'],
  ['busy', 'Busy'],
  ['away', 'Away'],
]
const noteCharsMax = 120

export interface OwnProps {
  readonly client: ChatClient
  readonly notices: Notices
  readonly state: ChatState
  readonly name: string
}

export function OwnBar({ client, notices, state, name }: OwnProps): JSX.Element {
  const { own, connection } = state
  const signOut = () => {
    forgetSignIn()
    void client.signOut()
  }
  const choose = (event: Event) => {
    const choice = (event.currentTarget as HTMLSelectElement).value as OwnChoice
    client.run({ kind: 'own', choice, note: own.note })
  }
  const shown =
    connection.kind !== 'online' ? 'offline' : own.choice === 'available' && own.isIdle ? 'away' : own.choice
  return h(
    'header',
    { class: 'me' },
    h(
      'div',
      { class: 'me-line' },
      h('span', { class: `dot ${shown}`, 'aria-hidden': 'true' }),
      h('strong', { class: 'me-name' }, name),
      h('button', { type: 'button', class: 'plain', onClick: signOut }, 'Sign out'),
    ),
    h(
      'div',
      { class: 'me-line' },
      h(
        'select',
        { 'aria-label': 'Your state', value: own.choice, onChange: choose },
        ...choices.map(([value, label]) => h('option', { value, selected: value === own.choice }, label)),
      ),
      h(NoteField, {
        note: own.note,
        onChange: (note) => client.run({ kind: 'own', choice: own.choice, note }),
      }),
    ),
    h(NoticesOffer, { notices }),
  )
}

function NoteField({ note, onChange }: { readonly note: string; onChange(note: string): void }): JSX.Element {
  const tell = (event: Event) => {
    const text = (event.currentTarget as HTMLInputElement).value.trim()
    if (text !== note) onChange(text)
  }
  return h('input', {
    type: 'text',
    'aria-label': 'Your note',
    placeholder: 'A note for others',
    maxLength: noteCharsMax,
    autocomplete: 'off',
    value: note,
    onChange: tell,
  })
}

function NoticesOffer({ notices }: { readonly notices: Notices }): JSX.Element | null {
  const [permission, setPermission] = useState(notices.permission)
  if (permission !== 'asked') return null
  const ask = async () => {
    await notices.ask()
    setPermission(notices.permission)
  }
  return h('button', { type: 'button', class: 'plain offer', onClick: () => void ask() }, 'Notify me of new messages')
}
