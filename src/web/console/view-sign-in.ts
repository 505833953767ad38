/**
 * The sign-in form: a token, which goes to the server once and is kept nowhere in the browser.
 */
import { h, type JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ConsoleClient } from './console-client.ts'

export interface SignInProps {
  readonly client: ConsoleClient
  readonly domain: string
  readonly version: string
  readonly fault: string | null
}

export function SignInForm({ client, domain, version, fault }: SignInProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [fault])
  const submit = (event: Event) => {
    event.preventDefault()
    void client.signIn(field.current?.value.trim() ?? '')
  }
  return h(
    'main',
    { class: 'sign-in' },
    h(
      'form',
      { onSubmit: submit, 'aria-labelledby': 'sign-in-title', noValidate: true },
      h('h1', { id: 'sign-in-title' }, 'Meridian console'),
      h('p', { class: 'quiet' }, `The server of ${domain}.`),
      h('div', { role: 'alert' }, fault === null ? null : h('p', { class: 'fault' }, fault)),
      h('label', { for: 'token' }, 'Token'),
      h('input', {
        id: 'token',
        type: 'password',
        autocomplete: 'off',
        spellcheck: false,
        'aria-describedby': 'token-hint',
        ref: field,
      }),
      h('p', { class: 'quiet small', id: 'token-hint' }, 'Made on the server by meridian admin token create.'),
      h('button', { type: 'submit', class: 'primary' }, 'Sign in'),
    ),
    h('p', { class: 'quiet small' }, `Meridian ${version}`),
  )
}
