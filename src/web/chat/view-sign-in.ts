/**
 * The sign-in form. A password is kept for this tab alone, and only where that was asked for.
 */
import { h, type JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { addressOf } from '../chat-model/addresses.ts'
import type { ChatClient } from './client.ts'
import { forgetSignIn, keepSignIn, keptSignIn } from './kept-sign-in.ts'

export interface SignInProps {
  readonly client: ChatClient
  readonly domain: string
  readonly version: string
}

export function SignInForm({ client, domain, version }: SignInProps): JSX.Element {
  const [fault, setFault] = useState<string | null>(null)
  const nameField = useRef<HTMLInputElement>(null)
  const said = fault ?? client.fault
  useEffect(() => {
    const kept = keptSignIn()
    if (kept && client.fault === null) void client.signIn(kept)
    else nameField.current?.focus()
    if (client.fault !== null) forgetSignIn()
  }, [client, client.fault])
  const submit = (event: Event) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const account = addressOf(String(fields.get('name')), domain)
    const password = String(fields.get('password'))
    if (account === null) return setFault('Type a user name, such as alice.')
    if (password === '') return setFault('Type your password.')
    setFault(null)
    if (fields.get('stay') === null) forgetSignIn()
    else keepSignIn({ account, password })
    void client.signIn({ account, password })
  }
  return h(
    'main',
    { class: 'sign-in' },
    h(
      'form',
      { onSubmit: submit, 'aria-labelledby': 'sign-in-title', noValidate: true },
      h('h1', { id: 'sign-in-title' }, 'Meridian chat'),
      h('p', { class: 'quiet' }, `Sign in with your account at ${domain}.`),
      h('div', { role: 'alert' }, said === null ? null : h('p', { class: 'fault' }, said)),
      field('name', 'User name', {
        type: 'text',
        autocomplete: 'username',
        autocapitalize: 'none',
        spellcheck: false,
        ref: nameField,
      }),
      field('password', 'Password', { type: 'password', autocomplete: 'current-password' }),
      h(
        'label',
        { class: 'check' },
        h('input', { type: 'checkbox', name: 'stay', 'aria-describedby': 'stay-hint' }),
        ' Stay signed in when I reload this tab',
      ),
      h(
        'p',
        { class: 'quiet small', id: 'stay-hint' },
        'This keeps your name and password in the memory of this tab until you close it or sign out. Otherwise the ' +
          'password is not kept. Your conversations are kept in this browser.',
      ),
      h('button', { type: 'submit', class: 'primary' }, 'Sign in'),
    ),
    h('p', { class: 'quiet small' }, `Meridian ${version}`),
  )
}

function field(name: string, label: string, more: object): JSX.Element {
  return h(
    'div',
    { class: 'field' },
    h('label', { for: `sign-in-${name}` }, label),
    h('input', { id: `sign-in-${name}`, name, required: true, ...more }),
  )
}
