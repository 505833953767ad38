/**
 * What waits to be sent. RFC 3428 §8: no second MESSAGE to an AOR while the first is unanswered, which also keeps their
 * order; so there is a queue per peer, one request of each on its way. Who is told of an answer comes with the request.
 */
import { Buffer } from 'node:buffer'
import { type Aor, aorUser } from '../../sip/uri/aor.ts'
import { MediaTypes } from '../bodies/media-type.ts'
import type { MessageOutcome } from './events.ts'
import { waitingMessagesMax } from './limits.ts'
import type { Answer, Requests } from './requests.ts'

export interface OutboxEntry {
  readonly peer: Aor
  readonly contentType: string
  readonly body: Buffer
  readonly onOutcome: ((outcome: MessageOutcome) => void) | null
}

export const plainTextType = `${MediaTypes.text};charset=UTF-8`

export class Outbox {
  readonly #requests: Requests
  readonly #queues = new Map<Aor, OutboxEntry[]>()
  readonly #busy = new Set<Aor>()
  #waitingCount = 0
  #isOpen = false

  constructor(requests: Requests) {
    this.#requests = requests
  }

  /** Entries without an outcome yet. */
  get pendingCount(): number {
    return this.#waitingCount + this.#busy.size
  }

  /** Something to this peer is on its way or waits. */
  isBusy(peer: Aor): boolean {
    return this.#busy.has(peer) || this.#queues.has(peer)
  }

  open(): void {
    this.#isOpen = true
    for (const peer of [...this.#queues.keys()]) this.#sendNext(peer)
  }

  /** What is on its way hears from `Requests` that it is lost; what waits goes on waiting. */
  close(): void {
    this.#isOpen = false
  }

  add(entry: OutboxEntry): void {
    if (this.#waitingCount >= waitingMessagesMax) {
      entry.onOutcome?.({ kind: 'failed', status: 0, reason: 'too many messages wait for a connection' })
      return
    }
    const queue = this.#queues.get(entry.peer)
    if (queue) queue.push(entry)
    else this.#queues.set(entry.peer, [entry])
    this.#waitingCount++
    this.#sendNext(entry.peer)
  }

  /** Nothing will be sent any more. */
  fail(reason: string): void {
    this.#isOpen = false
    const entries = [...this.#queues.values()].flat()
    this.#queues.clear()
    this.#waitingCount = 0
    for (const { onOutcome } of entries) onOutcome?.({ kind: 'failed', status: 0, reason })
  }

  #sendNext(peer: Aor): void {
    const queue = this.#queues.get(peer)
    if (!this.#isOpen || !queue || this.#busy.has(peer)) return
    const entry = queue.shift()!
    if (queue.length === 0) this.#queues.delete(peer)
    this.#waitingCount--
    this.#busy.add(peer)
    const { contentType, body, onOutcome } = entry
    const identity = this.#requests.newIdentity()
    const request = { identity, method: 'MESSAGE', requestUri: peer, to: peer, headers: [], contentType, body }
    this.#requests.send(request, (answer) => {
      this.#busy.delete(peer)
      onOutcome?.(outcomeOf(answer, peer))
      this.#sendNext(peer)
    })
  }
}

export function outcomeOf(answer: Answer, peer: Aor): MessageOutcome {
  switch (answer.kind) {
    case 'timeout':
      return { kind: 'failed', status: 408, reason: 'the server did not answer; it may have arrived all the same' }
    case 'lost':
      return { kind: 'failed', status: 0, reason: 'the connection was lost; it may have arrived all the same' }
    case 'too-long':
      return { kind: 'failed', status: 413, reason: 'too long for UDP; use tls or tcp' }
    case 'answered': {
      const { statusCode: status, reasonPhrase } = answer.response
      if (status === 202) return { kind: 'stored' }
      if (status < 300) return { kind: 'delivered' }
      return { kind: 'failed', status, reason: refusalWords(status, reasonPhrase, peer) }
    }
  }
}

/** What a refusal means to the person who wrote (RFC 3428 §7, RFC 3261 §21). */
function refusalWords(status: number, reasonPhrase: string, peer: Aor): string {
  const name = aorUser(peer)
  switch (status) {
    case 401:
    case 407:
      return 'the server does not accept your password any more'
    case 403:
      return `${name} does not take messages from you`
    case 404:
      return `${name} cannot be reached here (no such user, or disabled)`
    case 413:
    case 513:
      return 'the message is too long'
    case 415:
      return `no device of ${name} shows text`
    case 480:
      return `${name} cannot be reached, and the server could not keep it (${reasonPhrase})`
    case 503:
      return `the server is too busy (${reasonPhrase}); try again`
    default:
      return `${status} ${reasonPhrase}`
  }
}

export function textBody(text: string): Buffer {
  return Buffer.from(text, 'utf8')
}
