/**
 * The page: the sign-in form, or the people on one side and a conversation on the other.
 */
import { h, type JSX } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { Address } from '../chat-model/addresses.ts'
import { shortName } from '../chat-model/addresses.ts'
import type { ChatState } from '../chat-model/state.ts'
import type { ChatClient } from './client.ts'
import type { Notices } from './notices.ts'
import { ConnectionBar } from './view-connection.ts'
import { ConversationView } from './view-conversation.ts'
import { OwnBar } from './view-own.ts'
import { People } from './view-people.ts'
import { SignInForm } from './view-sign-in.ts'

export interface AppProps {
  readonly client: ChatClient
  readonly notices: Notices
  readonly domain: string
  readonly version: string
}

const activityEveryMs = 30_000

export function App({ client, notices, domain, version }: AppProps): JSX.Element {
  const { state } = client
  if (state === null) return h(SignInForm, { client, domain, version })
  return h(Chat, { key: state.account, client, notices, domain, state })
}

interface ChatProps {
  readonly client: ChatClient
  readonly notices: Notices
  readonly domain: string
  readonly state: ChatState
}

function Chat({ client, notices, domain, state }: ChatProps): JSX.Element {
  const [peer, setPeer] = useState<Address | null>(null)
  const open = useCallback(
    (address: Address) => {
      client.run({ kind: 'open', peer: address })
      setPeer(address)
    },
    [client],
  )
  notices.onOpen = open
  useActivity(client)
  const close = useCallback(() => {
    setPeer(null)
    // The list is shown again in the next frame; focus goes back to where it came from.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-current]')?.focus())
  }, [])
  return h(
    'div',
    { class: `chat${peer === null ? '' : ' has-peer'}` },
    h(
      'aside',
      { class: 'side', 'aria-label': 'You and your contacts' },
      h(OwnBar, { client, notices, state, name: shortName(state.account, domain) }),
      h(People, { client, state, domain, peer, onOpen: open }),
    ),
    h(
      'main',
      { class: 'main' },
      h('h1', { class: 'unseen' }, 'Meridian chat'),
      h(ConnectionBar, { client, connection: state.connection }),
      peer === null
        ? h(Welcome, { name: shortName(state.account, domain) })
        : h(ConversationView, { key: peer, client, state, domain, peer, onClose: close }),
    ),
  )
}

function Welcome({ name }: { readonly name: string }): JSX.Element {
  return h(
    'div',
    { class: 'welcome' },
    h('h2', null, `Hello, ${name}`),
    h('p', null, 'Choose somebody on the list, or type a name there to write to them.'),
  )
}

/** Somebody who types or moves the pointer is there; said seldom. */
function useActivity(client: ChatClient): void {
  useEffect(() => {
    let toldAtMs = 0
    const tell = () => {
      if (Date.now() - toldAtMs < activityEveryMs) return
      toldAtMs = Date.now()
      client.run({ kind: 'activity' })
    }
    const kinds = ['keydown', 'pointerdown', 'pointermove', 'focus'] as const
    for (const kind of kinds) addEventListener(kind, tell, { passive: true })
    return () => {
      for (const kind of kinds) removeEventListener(kind, tell)
    }
  }, [client])
}
