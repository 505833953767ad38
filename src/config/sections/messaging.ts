/**
 * Section `messaging`: how long a device may take to answer, and what is kept for those who are away.
 */
import type * as v from 'valibot'
import { group, wholeNumberKey } from '../key.ts'

export const messagingSection = group('How messages are delivered and kept for those who are away.', {
  deliveryTimeoutMs: wholeNumberKey({
    default: 5_000,
    min: 500,
    max: 30_000,
    unit: 'milliseconds',
    reload: 'live',
    why: 'How long a device may take to accept a message before the sender is told that it was stored.',
  }),
  mailboxMessagesMax: wholeNumberKey({
    default: 500,
    min: 0,
    max: 100_000,
    unit: 'messages per user',
    reload: 'live',
    why: 'What a user who is away may collect; beyond it senders get 480.',
  }),
  mailboxBytesMax: wholeNumberKey({
    default: 5 * 1024 * 1024,
    min: 0,
    max: 1024 * 1024 * 1024,
    unit: 'bytes per user',
    reload: 'live',
    why: 'Same as mailboxMessagesMax, counted in bytes; whichever is reached first.',
  }),
  deviceQueueMax: wholeNumberKey({
    default: 200,
    min: 1,
    max: 10_000,
    unit: 'messages per device',
    reload: 'live',
    why: 'What waits for one known device; beyond it the oldest that another device has taken are dropped.',
  }),
  deviceRememberedDays: wholeNumberKey({
    default: 14,
    min: 1,
    max: 365,
    unit: 'days',
    reload: 'live',
    why: 'How long a device that stays away still gets a queue of its own.',
  }),
  messageExpiryDays: wholeNumberKey({
    default: 14,
    min: 1,
    max: 365,
    unit: 'days',
    reload: 'live',
    why: 'A stored message that nobody fetched is removed after this time.',
  }),
  udpFragmentBytesMax: wholeNumberKey({
    default: 8_192,
    min: 1_300,
    max: 65_000,
    unit: 'bytes',
    reload: 'live',
    why: 'Largest request sent over UDP in fragments; set it to 1300 where the network drops fragments.',
  }),
})

export type MessagingConfig = v.InferOutput<typeof messagingSection>
