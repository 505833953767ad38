/**
 * One stored MESSAGE of a recipient, in memory: the same as its records, and what is known since the start about the
 * devices that it was offered to. Where it waits is `user-mail.ts`.
 */

import type { MailboxMessage } from '../ports/records/mailbox-message.ts'
import { ownBytes } from '../sip/message/own-bytes.ts'
import type { Aor } from '../sip/uri/aor.ts'

/** Why a device may have a message already although its answer never came: the excepted case of promise P3. */
export type Doubt = 'flow-lost' | 'silence' | 'restart'

/** What is known of one device and one message since the start. */
export interface DeviceHistory {
  readonly doubt: Doubt | null
  readonly flowDeaths: number
}

export const noHistory: DeviceHistory = Object.freeze({ doubt: null, flowDeaths: 0 })

export class StoredMessage {
  readonly sequence: number
  readonly sender: Aor
  readonly operationId: string
  readonly receivedMs: number
  readonly expiresMs: number
  readonly bytes: Uint8Array
  readonly date: string
  /** Was read from the store: it may have been sent before the start. */
  readonly wasLoaded: boolean
  /** No device has taken it: it counts against the quota and goes to the first that signs in. */
  inMailbox: boolean
  /** Keys of the devices that have a queue entry for it. */
  readonly waiting = new Set<string>()
  /** Keys of the devices that will not have it out of the mailbox either. */
  readonly refusedBy = new Set<string>()
  /** Device without an entry that it is being offered to, out of the mailbox. */
  offeredTo: string | null = null
  #histories: Map<string, DeviceHistory> | null = null

  constructor(record: MailboxMessage, wasLoaded: boolean) {
    this.sequence = record.sequence
    this.sender = record.sender
    this.operationId = record.operationId
    this.receivedMs = record.receivedMs
    this.expiresMs = record.expiresMs
    this.bytes = ownBytes(record.bytes)
    this.date = record.date
    this.wasLoaded = wasLoaded
    this.inMailbox = record.inMailbox
  }

  history(deviceKey: string): DeviceHistory {
    return this.#histories?.get(deviceKey) ?? (this.wasLoaded ? loadedHistory : noHistory)
  }

  note(deviceKey: string, history: DeviceHistory): void {
    this.#histories ??= new Map()
    this.#histories.set(deviceKey, history)
  }

  /** The device is known no longer; if it comes back it is a new one. */
  forget(deviceKey: string): void {
    this.refusedBy.delete(deviceKey)
    this.#histories?.delete(deviceKey)
  }

  /** Whether it is to be sent to this device: by its entry, or out of the mailbox. */
  isFor(deviceKey: string): boolean {
    if (this.waiting.has(deviceKey)) return true
    return this.inMailbox && !this.refusedBy.has(deviceKey)
  }
}

const loadedHistory: DeviceHistory = Object.freeze({ doubt: 'restart', flowDeaths: 0 })
