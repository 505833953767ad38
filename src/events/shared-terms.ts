/**
 * What the subscriptions of one device have in common is held once: where NOTIFYs go, our own address, what is
 * accepted. A client that watches fifty contacts one by one would hold half of it fifty times.
 */
import type { ForwardTarget } from '../ports/bus.ts'
import type { Subscription, SubscriptionTerms } from './subscription.ts'

/** The same terms, with the objects of `other` where they say the same. */
export function withShared(terms: SubscriptionTerms, other: Subscription | null): SubscriptionTerms {
  if (!other) return terms
  const { target, contact, accept } = other
  return {
    ...terms,
    target: isSameTarget(terms.target, target) ? target : terms.target,
    contact: terms.contact === contact ? contact : terms.contact,
    accept: isSameList(terms.accept, accept) ? accept : terms.accept,
  }
}

function isSameTarget(one: ForwardTarget | null, other: ForwardTarget | null): boolean {
  if (!one || !other) return one === other
  return (
    one.flow === other.flow &&
    one.transport === other.transport &&
    one.contactUri === other.contactUri &&
    one.deviceKey === other.deviceKey &&
    one.qThousandths === other.qThousandths &&
    isSameList(one.path, other.path)
  )
}

function isSameList(one: readonly string[] | null, other: readonly string[] | null): boolean {
  if (!one || !other) return one === other
  return one.length === other.length && one.every((text, index) => text === other[index])
}
