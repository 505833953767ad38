/**
 * The field to write in: Enter sends, Shift and Enter begins a line. Others see that one types.
 */
import { h, type JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Address } from '../chat-model/addresses.ts'
import { type ComposingInput, composingStep, notComposing } from '../chat-model/composing.ts'
import type { ChatClient } from './client.ts'

export interface ComposeProps {
  readonly client: ChatClient
  readonly peer: Address
  readonly name: string
}

/** The server takes 64 KB; a character has up to four bytes, and an envelope needs some. */
const textCharsMax = 15_000
const tickMs = 5_000

export function ComposeForm({ client, peer, name }: ComposeProps): JSX.Element {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const step = useComposing(client, peer)
  useEffect(() => field.current?.focus(), [])
  const send = () => {
    if (text.trim() === '') return
    client.run({ kind: 'send', peer, text, id: crypto.randomUUID() })
    step('sent')
    setText('')
    field.current?.focus()
  }
  const onInput = (event: Event) => {
    const { value } = event.currentTarget as HTMLTextAreaElement
    setText(value)
    step(value === '' ? 'emptied' : 'key')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter is its own.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    send()
  }
  const onSubmit = (event: Event) => {
    event.preventDefault()
    send()
  }
  return h(
    'form',
    { class: 'compose', onSubmit },
    h('textarea', {
      ref: field,
      'aria-label': `Message to ${name}`,
      placeholder: 'Write a message',
      rows: Math.min(6, text.split('\n').length),
      maxLength: textCharsMax,
      value: text,
      onInput,
      onKeyDown,
    }),
    h('button', { type: 'submit', class: 'primary' }, 'Send'),
  )
}

function useComposing(client: ChatClient, peer: Address): (input: ComposingInput) => void {
  const state = useRef(notComposing)
  const step = (input: ComposingInput) => {
    const next = composingStep(state.current, input, Date.now())
    state.current = next.state
    if (next.notice !== null) client.run({ kind: 'composing', peer, notice: next.notice })
  }
  useEffect(() => {
    const timer = setInterval(() => step('tick'), tickMs)
    return () => {
      clearInterval(timer)
      step('emptied')
    }
  }, [client, peer])
  return step
}
