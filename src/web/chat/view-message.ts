/**
 * One message: its text as text with links, its time, and of one's own how far it has come.
 */
import { h, type JSX } from 'preact'
import { piecesOf } from '../chat-model/links.ts'
import { markWords } from '../chat-model/marks.ts'
import type { ChatMessage } from '../chat-model/state.ts'

export interface MessageProps {
  readonly message: ChatMessage
  /** Of the other one. */
  readonly name: string
  onRetry(): void
}

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

export function MessageView({ message, name, onRetry }: MessageProps): JSX.Element {
  const { text, isOwn, atMs, mark, reason } = message
  return h(
    'article',
    { class: `message ${isOwn ? 'own' : 'theirs'}`, ...(isOwn ? { 'data-mark': mark } : {}) },
    h('span', { class: 'unseen' }, isOwn ? 'You: ' : `${name}: `),
    h('p', { class: 'text', dir: 'auto' }, ...piecesOf(text).map(pieceView)),
    h(
      'p',
      { class: 'meta' },
      h('time', { dateTime: new Date(atMs).toISOString() }, timeFormat.format(atMs)),
      isOwn ? h('span', { class: 'mark' }, markText(mark, reason)) : null,
      isOwn && mark === 'failed' ? h('button', { type: 'button', onClick: onRetry }, 'Send again') : null,
    ),
  )
}

function markText(mark: ChatMessage['mark'], reason: string | null): string {
  return mark === 'failed' && reason !== null ? `${markWords.failed}: ${reason}` : markWords[mark]
}

function pieceView({ text, href }: ReturnType<typeof piecesOf>[number]): JSX.Element | string {
  return href === null ? text : h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text)
}
