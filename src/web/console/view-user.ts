/**
 * One user: the account, the devices that are signed in, and what an operator can do.
 */
import { h, type JSX } from 'preact'
import { useState } from 'preact/hooks'
import { isAtLeast, type Session, type UserDetails } from '../console-model/answers.ts'
import { useAnswer } from './ask-once.ts'
import type { ConsoleClient } from './console-client.ts'
import { Table } from './view-table.ts'

export interface UserProps {
  readonly client: ConsoleClient
  readonly session: Session
  /** `sip:alice@example.test` */
  readonly name: string
}

/** Asked before it is done; said after. */
interface Act {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly question: string
  readonly done: string
}

export function UserView({ client, session, name }: UserProps): JSX.Element {
  const path = `/v1/users/${encodeURIComponent(name)}`
  const { result, again } = useAnswer<UserDetails>(client, path)
  const [told, setTold] = useState<{ readonly text: string; readonly isFault: boolean } | null>(null)
  const act = async ({ method, path: where, body, question, done }: Act) => {
    if (!confirm(question)) return
    const answer = await client.api.ask(method, where, body)
    const text = answer.ok ? [done, ...answer.warnings].join(' ') : answer.message
    setTold({ text, isFault: !answer.ok })
    again()
  }
  const may = isAtLeast(session.role, 'operator')
  return h(
    'div',
    null,
    h('p', null, h('a', { href: '#users' }, 'All users')),
    h('h1', null, name.replace(/^sip:/, '')),
    h('div', { role: 'status' }, told && !told.isFault ? h('p', { class: 'told' }, told.text) : null),
    h('div', { role: 'alert' }, told?.isFault ? h('p', { class: 'fault' }, told.text) : null),
    result === null ? h('p', null, 'Loading…') : null,
    result?.ok === false ? h('p', { class: 'fault' }, result.message) : null,
    result?.ok ? h(Account, { user: result.value }) : null,
    result?.ok && may ? h(AccountActs, { user: result.value, path, act }) : null,
    result?.ok ? h(Devices, { user: result.value, path, act: may ? act : null }) : null,
  )
}

function Account({ user }: { readonly user: UserDetails }): JSX.Element {
  const facts: readonly (readonly [string, string])[] = [
    ['Name', user.displayName],
    ['State', user.disabled ? 'Disabled' : 'Enabled'],
    ['Other addresses', user.aliases.join(', ')],
    ['Groups', user.groups.join(', ')],
    ['Stored messages', String(user.mailboxMessages)],
    ['Since', user.createdAt.slice(0, 10)],
  ]
  return h(
    'dl',
    { class: 'facts' },
    facts.map(([name, value]) => h('div', { key: name }, h('dt', null, name), h('dd', null, value || '–'))),
  )
}

interface ActsProps {
  readonly user: UserDetails
  readonly path: string
  readonly act: (act: Act) => void
}

function AccountActs({ user, path, act }: ActsProps): JSX.Element {
  const { aor, disabled, devices } = user
  const toggle: Act = {
    method: 'PUT',
    path: `${path}/disabled`,
    body: { disabled: !disabled },
    question: disabled ? `Let ${aor} sign in again?` : `Disable ${aor}? All devices are signed out and stay out.`,
    done: disabled ? 'Enabled.' : 'Disabled.',
  }
  const signOut: Act = {
    method: 'DELETE',
    path: `${path}/registrations`,
    question: `Sign out all devices of ${aor}? Who has the password can sign in again.`,
    done: 'All devices are signed out.',
  }
  return h(
    'p',
    { class: 'acts' },
    h('button', { type: 'button', onClick: () => act(toggle) }, disabled ? 'Enable' : 'Disable'),
    devices.length === 0 ? null : h('button', { type: 'button', onClick: () => act(signOut) }, 'Sign out all devices'),
  )
}

function Devices({ user, path, act }: Omit<ActsProps, 'act'> & { readonly act: ActsProps['act'] | null }): JSX.Element {
  const rows = user.devices.map(({ deviceKey, contactUri, userAgent, online, transport }) => {
    const shown = userAgent === '' ? deviceKey : userAgent
    const signOut: Act = {
      method: 'DELETE',
      path: `${path}/registrations/${encodeURIComponent(deviceKey)}`,
      question: `Sign out ${shown}? It can sign in again if it has the password.`,
      done: 'The device is signed out.',
    }
    const button = h('button', { type: 'button', onClick: () => act?.(signOut) }, 'Sign out ', unseen(shown))
    const facts = [shown, online ? 'On line' : 'Not reachable', transport, contactUri]
    return act === null ? facts : [...facts, button]
  })
  const head = ['Device', 'State', 'By', 'Contact']
  return h(
    'section',
    null,
    h('h2', null, 'Devices that are signed in'),
    rows.length === 0
      ? h('p', { class: 'quiet' }, 'None.')
      : h(Table, { caption: 'Devices', head: act === null ? head : [...head, 'What to do'], rows }),
  )
}

function unseen(text: string): JSX.Element {
  return h('span', { class: 'unseen' }, text)
}
