/**
 * What an administrator may set about messages (sections `messaging` and `limits.account` of the configuration).
 * Read at each use, so that a reload of the configuration may change the fields in place.
 */
import type { SheddingLimits } from '../guard/index.ts'

export interface MessagingSettings extends SheddingLimits {
  /** How long a device may take to accept a message before the sender is told that it was stored. */
  readonly deliveryTimeoutMs: number
  readonly mailboxMessagesMax: number
  readonly mailboxBytesMax: number
  readonly deviceQueueMax: number
  readonly messageExpiryMs: number
  /** Messages of one account; 0 turns this limit off. */
  readonly requestsPerSecond: number
  readonly burst: number
}

export const standardSettings: MessagingSettings = Object.freeze({
  deliveryTimeoutMs: 5_000,
  mailboxMessagesMax: 500,
  mailboxBytesMax: 5 * 1024 * 1024,
  deviceQueueMax: 200,
  messageExpiryMs: 14 * 24 * 60 * 60 * 1000,
  requestsPerSecond: 50,
  burst: 200,
  busyAfterMs: 500,
  busyAfterWaiting: 5_000,
})
