/**
 * What a MESSAGE is to us: text, a notice, a notification, or a copy of what this user sent from elsewhere.
 */
import { type Address, addressOf } from './addresses.ts'
import { readComposing } from './composing.ts'
import { readCpim, readNotification } from './cpim.ts'
import type { ParseXml } from './markup.ts'

export interface Arrived {
  readonly from: Address
  readonly contentType: string
  readonly body: string
  /** Of the transaction: the same for a repetition. */
  readonly id: string
  /** What its sender can read; empty when not said. */
  readonly accept: string
  /** Date of the request; null when it has none. */
  readonly dateMs: number | null
}

export type Understood =
  | {
      readonly kind: 'text'
      readonly peer: Address
      readonly isOwn: boolean
      readonly text: string
      readonly id: string
      readonly atMs: number | null
      readonly asks: readonly string[]
    }
  | { readonly kind: 'composing'; readonly forMs: number }
  | { readonly kind: 'notification'; readonly messageId: string; readonly mark: 'delivered' | 'read' }
  /** Nothing to show, and nothing wrong. */
  | { readonly kind: 'nothing' }
  /** 415. */
  | { readonly kind: 'unreadable' }

/** Messages in messages in messages are somebody's attempt to keep us busy. */
const depthMax = 3

export function understand(arrived: Arrived, account: Address, parse: ParseXml, depth = 0): Understood {
  const { from, body, id, dateMs } = arrived
  const type = arrived.contentType.split(';')[0]!.trim().toLowerCase()
  switch (type) {
    case 'text/plain':
    case '':
      return { kind: 'text', peer: from, isOwn: false, text: body, id, atMs: dateMs, asks: [] }
    case 'application/im-iscomposing+xml': {
      const forMs = readComposing(parse(body))
      return forMs === null ? { kind: 'unreadable' } : { kind: 'composing', forMs }
    }
    case 'message/imdn+xml': {
      const read = readNotification(body, parse)
      if (!read) return { kind: 'nothing' }
      return { kind: 'notification', messageId: read.messageId, mark: read.kind === 'displayed' ? 'read' : 'delivered' }
    }
    case 'message/cpim':
      return depth < depthMax ? unwrap(arrived, account, parse, depth) : { kind: 'unreadable' }
    default:
      return { kind: 'unreadable' }
  }
}

/** Who it is from is what the server vouches for; only of one's own copies is the envelope believed. */
function unwrap(arrived: Arrived, account: Address, parse: ParseXml, depth: number): Understood {
  const cpim = readCpim(arrived.body)
  if (!cpim) return { kind: 'unreadable' }
  const { contentType, content } = cpim
  const inner = understand({ ...arrived, contentType, body: content.trimEnd() }, account, parse, depth + 1)
  const isCopy = arrived.from === account
  if (inner.kind !== 'text') return isCopy ? { kind: 'nothing' } : inner
  const peer = isCopy ? (inner.isOwn ? inner.peer : addressOf(cpim.to ?? '', '')) : arrived.from
  if (peer === null) return { kind: 'unreadable' }
  return {
    ...inner,
    peer,
    isOwn: isCopy,
    id: cpim.messageId ?? inner.id,
    atMs: cpim.dateTimeMs ?? inner.atMs,
    asks: [...cpim.asks, ...inner.asks].filter((each) => each !== ''),
  }
}
