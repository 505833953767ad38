/**
 * The event package `presence` (RFC 3856) for one presentity; for lists see `list-subscriptions.ts`.
 */

import { partialPidfContentType } from '../documents/index.ts'
import type {
  Admission,
  EventPackage,
  NotifyDocument,
  Refreshed,
  SubscribeRequest,
  SubscriptionHandle,
} from '../events/index.ts'
import type { Rejection, Unit } from '../shard/index.ts'
import { ownText } from '../sip/message/own-text.ts'
import { type Aor, aorDomain, parseAor } from '../sip/uri/aor.ts'
import { containedListTag } from './lists/list-request.ts'
import type { ListSubscriptions } from './lists/list-subscriptions.ts'
import type { PartialStates } from './partial-states.ts'
import { pidfType } from './publishing/publish-request.ts'
import { blocked, noSuchPresentity } from './rejections.ts'
import { stateTag } from './state-tag.ts'
import { shownDocument } from './watching/shown-document.ts'
import type { View } from './watching/view.ts'
import type { Watches } from './watching/watches.ts'

/** Decides by what the presentity's shard has said. */
export interface Decider {
  decide(
    unit: Unit,
    subscriptionNumber: number,
    decision: 'active' | 'pending' | Rejection,
    reason: 'rejected' | 'noresource' | 'probation',
  ): void
}

export class PresencePackage implements EventPackage {
  readonly name = 'presence'
  readonly contentTypes = [pidfType, partialPidfContentType]
  readonly defaultExpiresSeconds = 3_600
  readonly rfcs = ['3856', '3863', '4662', '5263', '5367']
  readonly extensions = ['eventlist', containedListTag]

  readonly #domains: readonly string[]
  readonly #watches: Watches
  readonly #lists: ListSubscriptions
  readonly #partials: PartialStates
  readonly #decider: Decider
  readonly #onRefused: (rejection: Rejection) => void

  constructor(parts: {
    domains: readonly string[]
    watches: Watches
    lists: ListSubscriptions
    partials: PartialStates
    decider: Decider
    onRefused: (rejection: Rejection) => void
  }) {
    this.#domains = parts.domains
    this.#watches = parts.watches
    this.#lists = parts.lists
    this.#partials = parts.partials
    this.#decider = parts.decider
    this.#onRefused = parts.onRefused
  }

  admit(subscription: SubscriptionHandle, request: SubscribeRequest): Admission {
    const admission = this.#lists.admit(subscription, request) ?? this.#admitToOne(subscription)
    if (typeof admission === 'object') this.#onRefused(admission)
    return admission
  }

  #admitToOne(subscription: SubscriptionHandle): Admission {
    const presentity = parseAor(subscription.resourceUri)
    if (!presentity || !this.#domains.includes(aorDomain(presentity))) return noSuchPresentity
    return 'asked'
  }

  begin(unit: Unit, subscription: SubscriptionHandle): void {
    if (this.#lists.begin(unit, subscription)) return
    const named = this.presentityOf(subscription)
    if (!named) return
    // Kept for long, in several tables.
    const presentity = ownText(named, subscription.resourceUri) as Aor
    subscription.data = presentity
    if (subscription.supportsPartial) this.#partials.begin(subscription.number, subscription.sequenceCeiling)
    this.#watches.add(unit, subscription.number, subscription.watcher, [presentity])
    const view = this.#watches.view(subscription.watcher, presentity)
    if (view.verdict !== 'asked') unit.afterwards(() => this.#watches.tellAgain(subscription.number, presentity))
  }

  end(subscription: SubscriptionHandle): void {
    if (this.#lists.has(subscription)) return this.#lists.end(subscription)
    this.#partials.end(subscription.number)
    const presentity = this.presentityOf(subscription)
    if (presentity) this.#watches.remove(subscription.number, subscription.watcher, [presentity])
  }

  refresh(unit: Unit, subscription: SubscriptionHandle, request: SubscribeRequest): Rejection | Refreshed | null {
    if (!this.#lists.has(subscription)) return null
    const refreshed = this.#lists.refresh(unit, subscription, request)
    if (refreshed && 'status' in refreshed) this.#onRefused(refreshed)
    return refreshed
  }

  keptBody(subscription: SubscriptionHandle): Uint8Array {
    return this.#lists.has(subscription) ? this.#lists.keptBody(subscription) : nothing
  }

  readAgain(unit: Unit, subscription: SubscriptionHandle, keptBody: Uint8Array): void {
    if (this.#lists.has(subscription)) this.#lists.readAgain(unit, subscription, keptBody)
  }

  replaces(made: SubscriptionHandle, known: SubscriptionHandle): boolean {
    if (!this.#lists.has(made) || !this.#lists.has(known)) return this.#lists.has(made) === this.#lists.has(known)
    return this.#lists.replaces(made, known)
  }

  requiredBy(subscription: SubscriptionHandle): string | null {
    return this.#lists.has(subscription) ? 'eventlist' : null
  }

  document(subscription: SubscriptionHandle, want: 'full' | 'changes'): NotifyDocument | null {
    if (this.#lists.has(subscription)) return this.#lists.document(subscription, want)
    const presentity = this.presentityOf(subscription)
    if (!presentity) return null
    const view = this.#watches.view(subscription.watcher, presentity)
    const body = shownDocument(view, presentity)
    if (body === null) return null
    const entityTag = stateTag(body)
    if (subscription.supportsPartial) {
      const key = `${view.verdict} ${presentity}`
      const { number: subscriptionNumber, sequenceCeiling: usedVersion, hasOther } = subscription
      const told = { key, tag: entityTag, document: body, want: hasOther ? 'full' : want } as const
      const partial = this.#partials.tell({ subscriptionNumber, usedVersion, ...told })
      if (partial === 'nothing-new') return null
      if (partial) return { contentType: partialPidfContentType, body: partial, entityTag }
    }
    return { contentType: pidfType, body, entityTag }
  }

  entityTag(subscription: SubscriptionHandle): string | null {
    if (this.#lists.has(subscription)) return subscription.data.entityTag
    const presentity = this.presentityOf(subscription)
    const body = presentity && shownDocument(this.#watches.view(subscription.watcher, presentity), presentity)
    return body && stateTag(body)
  }

  /**
   * Only what was there is no more (RFC 6665 §4.1.3 forbids to ask again then). Whoever waited for somebody who is not
   * known may ask again: a directory that has not heard of somebody may hear of him.
   */
  onVerdict(unit: Unit, subscription: SubscriptionHandle, { verdict, version }: View): void {
    const gone = version === null ? 'probation' : 'noresource'
    if (verdict === 'block') this.#decider.decide(unit, subscription.number, blocked, 'rejected')
    else if (verdict === 'unknown') this.#decider.decide(unit, subscription.number, noSuchPresentity, gone)
    else if (verdict === 'confirm') this.#decider.decide(unit, subscription.number, 'pending', 'rejected')
    else if (verdict !== 'asked') this.#decider.decide(unit, subscription.number, 'active', 'rejected')
  }

  /** Its presentity has another name, under which it is watched from now on. */
  onMoved(unit: Unit, subscription: SubscriptionHandle, from: Aor, mainAor: Aor): void {
    unit.change(() => {
      subscription.data = mainAor
    })
    this.#watches.add(unit, subscription.number, subscription.watcher, [mainAor])
    unit.afterwards(() => {
      this.#watches.remove(subscription.number, subscription.watcher, [from])
      this.#watches.tellAgain(subscription.number, mainAor)
    })
  }

  presentityOf(subscription: SubscriptionHandle): Aor | null {
    return (subscription.data as Aor | null) ?? parseAor(subscription.resourceUri)
  }
}

const nothing = new Uint8Array(0)
