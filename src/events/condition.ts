/**
 * The condition of a SUBSCRIBE (RFC 5839 §5.2): its watcher has the state with that tag, and wants no NOTIFY that would
 * tell it again. It holds for what follows as long as it is true, to the next SUBSCRIBE (§6.2, §6.3).
 */
import type { EventPackage, NotifyDocument } from './event-package.ts'
import type { Subscription } from './subscription.ts'

/** Fits every state: the watcher wants to hear of none (RFC 5839 §6.3). */
export const anyState = '*'

interface Conditional {
  readonly suppressIfMatch: string | null
}

/** Whether the state is the one that the watcher says that he has. Of packages without tags nobody can say so. */
export function isConditionTrue({ suppressIfMatch }: Conditional, of: Subscription): boolean {
  const { eventPackage } = of
  if (suppressIfMatch === null || eventPackage.entityTag === undefined) return false
  return suppressIfMatch === anyState || suppressIfMatch === eventPackage.entityTag(of)
}

/**
 * What goes on holding behind a refresh. Where another state has been told meanwhile, or is on its way, the watcher may
 * have that by the time of the answer: then it is judged for this refresh alone.
 */
export function conditionBehind(wanted: Conditional, subscription: Subscription): string | null {
  const { suppressIfMatch } = wanted
  if (suppressIfMatch === anyState) return anyState
  return subscription.isInFlight || hasNamedOther(wanted, subscription) ? null : suppressIfMatch
}

/** The watcher has named a state, and not the one that was told last. */
export function hasNamedOther({ suppressIfMatch }: Conditional, { toldTag }: Subscription): boolean {
  return suppressIfMatch !== null && suppressIfMatch !== anyState && toldTag !== null && suppressIfMatch !== toldTag
}

/** RFC 5839 §6.2: what is said of the subscription is said without the state, with its tag. */
export function withoutState(subscription: Subscription): NotifyDocument {
  const { eventPackage } = subscription
  const entityTag = eventPackage.entityTag?.(subscription) ?? null
  const requires = requiredBy(eventPackage, subscription)
  return { contentType: '', body: noBody, entityTag, ...(requires !== null && { requires }) }
}

function requiredBy(eventPackage: EventPackage, subscription: Subscription): string | null {
  return eventPackage.requiredBy?.(subscription) ?? null
}

const noBody = new Uint8Array(0)
