/**
 * Pager-mode MESSAGE (RFC 3428): delivery to all devices of a user, the mailbox, a queue per device, copies of what was
 * sent. The way of one message: `send-message.ts` at the sender's shard, `deliver-message.ts` at the recipient's,
 * `send-attempt.ts` to each device, `on-outcome.ts` back, `decide-answer.ts` (the table), `conclude.ts` (the answer and
 * what is kept).
 */
export { type MessagingService, messageService } from './message-service.ts'
export { sentCopiesOption } from './sent-copy.ts'
export { type MessagingSettings, standardSettings } from './settings.ts'
