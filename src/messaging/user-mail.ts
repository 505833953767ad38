/**
 * The stored messages of one user in memory: one mailbox, one queue per device, all in order of sequence number.
 * Changes only itself; the records that go with a change are written by `keep-mail.ts`.
 */
import type { StoredMessage } from './stored-message.ts'

const nothing: readonly StoredMessage[] = Object.freeze([])
const nobody = (): void => {}

export class UserMail {
  readonly #onCount: () => void
  readonly #messages = new Map<number, StoredMessage>()
  readonly #queues = new Map<string, StoredMessage[]>()
  readonly #mailbox: StoredMessage[] = []
  #mailboxBytes = 0
  #soonestExpiryMs = Number.POSITIVE_INFINITY

  /** `onCount`: there are more or fewer messages in the mailbox. */
  constructor(onCount: () => void = nobody) {
    this.#onCount = onCount
  }

  get isEmpty(): boolean {
    return this.#messages.size === 0
  }

  get mailboxMessages(): number {
    return this.#mailbox.length
  }

  get mailboxBytes(): number {
    return this.#mailboxBytes
  }

  get(sequence: number): StoredMessage | null {
    return this.#messages.get(sequence) ?? null
  }

  all(): Iterable<StoredMessage> {
    return this.#messages.values()
  }

  clear(): void {
    this.#messages.clear()
    this.#queues.clear()
    this.#mailbox.length = 0
    this.#mailboxBytes = 0
    this.#soonestExpiryMs = Number.POSITIVE_INFINITY
  }

  /** What waits for this device by entries of its own. */
  queue(deviceKey: string): readonly StoredMessage[] {
    return this.#queues.get(deviceKey) ?? nothing
  }

  /** Whether anything is to be sent to this device before what comes in now. */
  hasLine(deviceKey: string): boolean {
    return this.#queues.has(deviceKey) || this.#mailbox.some((message) => message.isFor(deviceKey))
  }

  /** All that is to be sent to this device, from its queue and from the mailbox, in order. */
  line(deviceKey: string): readonly StoredMessage[] {
    const queue = this.queue(deviceKey)
    const offered = this.#mailbox.filter((message) => !message.waiting.has(deviceKey) && message.isFor(deviceKey))
    if (offered.length === 0) return queue
    return queue.length === 0 ? offered : [...queue, ...offered].sort((a, b) => a.sequence - b.sequence)
  }

  add(message: StoredMessage, deviceKeys: readonly string[]): void {
    this.#messages.set(message.sequence, message)
    if (message.inMailbox) {
      insert(this.#mailbox, message)
      this.#mailboxBytes += message.bytes.length
      this.#onCount()
    }
    for (const deviceKey of deviceKeys) this.enqueue(message, deviceKey)
    this.#soonestExpiryMs = Math.min(this.#soonestExpiryMs, message.expiresMs)
  }

  enqueue(message: StoredMessage, deviceKey: string): void {
    if (message.waiting.has(deviceKey)) return
    message.waiting.add(deviceKey)
    const queue = this.#queues.get(deviceKey)
    if (queue) insert(queue, message)
    else this.#queues.set(deviceKey, [message])
  }

  leaveQueue(message: StoredMessage, deviceKey: string): void {
    if (!message.waiting.delete(deviceKey)) return
    const queue = this.#queues.get(deviceKey) ?? []
    remove(queue, message)
    if (queue.length === 0) this.#queues.delete(deviceKey)
  }

  leaveMailbox(message: StoredMessage): void {
    if (!message.inMailbox) return
    message.inMailbox = false
    remove(this.#mailbox, message)
    this.#mailboxBytes -= message.bytes.length
    message.refusedBy.clear()
    this.#onCount()
  }

  /** Forgets a message wherever it waits. */
  remove(message: StoredMessage): void {
    for (const deviceKey of [...message.waiting]) this.leaveQueue(message, deviceKey)
    this.leaveMailbox(message)
    this.#messages.delete(message.sequence)
  }

  /** Messages whose time is over; empty without a look at each while none can be. */
  expired(nowMs: number): readonly StoredMessage[] {
    if (nowMs < this.#soonestExpiryMs) return nothing
    const expired: StoredMessage[] = []
    let soonestMs = Number.POSITIVE_INFINITY
    for (const message of this.#messages.values()) {
      if (message.expiresMs <= nowMs) expired.push(message)
      else soonestMs = Math.min(soonestMs, message.expiresMs)
    }
    // What has expired stays the reason to look until it is removed.
    if (expired.length === 0) this.#soonestExpiryMs = soonestMs
    return expired
  }

  /** Messages that nothing refers to: the record of their last entry was unreadable. */
  orphans(): readonly StoredMessage[] {
    return [...this.#messages.values()].filter((message) => !message.inMailbox && message.waiting.size === 0)
  }
}

/** Keeps the order of sequence numbers; nearly always that is the end. */
function insert(list: StoredMessage[], message: StoredMessage): void {
  let index = list.length
  while (index > 0 && list[index - 1]!.sequence > message.sequence) index--
  list.splice(index, 0, message)
}

function remove(list: StoredMessage[], message: StoredMessage): void {
  const index = list.indexOf(message)
  if (index >= 0) list.splice(index, 1)
}
