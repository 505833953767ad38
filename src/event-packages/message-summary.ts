/**
 * The event package `message-summary` (RFC 3842): how many messages wait in the user's own mailbox, which no device of
 * his has taken yet.
 */
import { messageSummaryContentType, writeMessageSummary } from '../documents/index.ts'
import type { EventPackage, NotifyDocument, SubscriptionHandle } from '../events/index.ts'
import type { MessagingService } from '../messaging/index.ts'
import type { Rejection, Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { OwnSubscriptions, type PackageParts } from './own-subscriptions.ts'

export type Mailboxes = Pick<MessagingService, 'storedCount' | 'watchStoredCount'>

export class MessageSummaryPackage implements EventPackage {
  readonly name = 'message-summary'
  readonly contentTypes = [messageSummaryContentType]
  /** RFC 3842 §3.4 leaves it between hours and days. */
  readonly defaultExpiresSeconds = 3_600
  readonly rfcs = ['3842']

  readonly #mailboxes: Mailboxes
  readonly #subscriptions: OwnSubscriptions

  constructor(parts: PackageParts, mailboxes: Mailboxes) {
    this.#mailboxes = mailboxes
    this.#subscriptions = new OwnSubscriptions(parts)
    mailboxes.watchStoredCount((aor) => this.#subscriptions.changed(aor))
  }

  admit(subscription: SubscriptionHandle): Rejection | 'active' {
    return this.#subscriptions.admit(subscription)
  }

  begin(unit: Unit, subscription: SubscriptionHandle): void {
    this.#subscriptions.add(unit, subscription)
  }

  end(subscription: SubscriptionHandle): void {
    this.#subscriptions.remove(subscription)
  }

  document(subscription: SubscriptionHandle, want: 'full' | 'changes'): NotifyDocument | null {
    const count = this.#mailboxes.storedCount(subscription.watcher)
    // What it was told last.
    if (want === 'changes' && subscription.data === count) return null
    subscription.data = count
    return { contentType: messageSummaryContentType, body: summary(subscription.watcher, count), entityTag: null }
  }
}

/** What a device has taken is not kept, so nothing is old (RFC 3842 §3.5). */
function summary(account: Aor, count: number): Uint8Array {
  const counts = new Map([['text-message', { new: count, old: 0, urgent: null }] as const])
  return writeMessageSummary({ isWaiting: count > 0, account, counts })
}
