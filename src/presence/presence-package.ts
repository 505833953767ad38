/**
 * The event package `presence` (RFC 3856) for one presentity.
 */
import type { Admission, EventPackage, NotifyDocument, SubscriptionHandle } from '../events/index.ts'
import type { Rejection, Unit } from '../shard/index.ts'
import { type Aor, aorDomain, parseAor } from '../sip/uri/aor.ts'
import { offlineDocument } from './counted-state.ts'
import { pidfType } from './publish-request.ts'
import { blocked, noSuchPresentity } from './rejections.ts'
import type { View, Watches } from './watches.ts'

/** Decides by what the presentity's shard has said. */
export interface Decider {
  decide(
    unit: Unit,
    subscriptionNumber: number,
    decision: 'active' | 'pending' | Rejection,
    reason: 'rejected' | 'noresource',
  ): void
}

export class PresencePackage implements EventPackage {
  readonly name = 'presence'
  readonly contentTypes = [pidfType]
  readonly defaultExpiresSeconds = 3_600
  readonly rfcs = ['3856', '3863']

  readonly #domains: readonly string[]
  readonly #watches: Watches
  readonly #decider: Decider

  constructor(domains: readonly string[], watches: Watches, decider: Decider) {
    this.#domains = domains
    this.#watches = watches
    this.#decider = decider
  }

  admit(subscription: SubscriptionHandle): Admission {
    const presentity = parseAor(subscription.resourceUri)
    if (!presentity || !this.#domains.includes(aorDomain(presentity))) return noSuchPresentity
    return 'asked'
  }

  begin(unit: Unit, subscription: SubscriptionHandle): void {
    const presentity = this.presentityOf(subscription)
    if (!presentity) return
    subscription.data = presentity
    this.#watches.add(unit, subscription.number, subscription.watcher, presentity)
    const view = this.#watches.view(subscription.watcher, presentity)
    if (view.verdict !== 'asked') unit.afterwards(() => this.#watches.tellAgain(subscription.number, presentity))
  }

  end(subscription: SubscriptionHandle): void {
    const presentity = this.presentityOf(subscription)
    if (presentity) this.#watches.remove(subscription.number, subscription.watcher, presentity)
  }

  document(subscription: SubscriptionHandle): NotifyDocument | null {
    const presentity = this.presentityOf(subscription)
    if (!presentity) return null
    const view = this.#watches.view(subscription.watcher, presentity)
    const body = view.verdict === 'polite-block' ? offlineDocument(presentity) : view.document
    return body === null ? null : { contentType: pidfType, body, entityTag: tagOf(view) }
  }

  entityTag(subscription: SubscriptionHandle): string | null {
    const presentity = this.presentityOf(subscription)
    return presentity && tagOf(this.#watches.view(subscription.watcher, presentity))
  }

  onVerdict(unit: Unit, subscription: SubscriptionHandle, { verdict }: View): void {
    if (verdict === 'block') this.#decider.decide(unit, subscription.number, blocked, 'rejected')
    else if (verdict === 'unknown') this.#decider.decide(unit, subscription.number, noSuchPresentity, 'noresource')
    else if (verdict === 'confirm') this.#decider.decide(unit, subscription.number, 'pending', 'rejected')
    else if (verdict !== 'asked') this.#decider.decide(unit, subscription.number, 'active', 'rejected')
  }

  /** Its presentity has another name, under which it is watched from now on. */
  onMoved(unit: Unit, subscription: SubscriptionHandle, from: Aor, mainAor: Aor): void {
    unit.change(() => {
      subscription.data = mainAor
    })
    this.#watches.add(unit, subscription.number, subscription.watcher, mainAor)
    unit.afterwards(() => {
      this.#watches.remove(subscription.number, subscription.watcher, from)
      this.#watches.tellAgain(subscription.number, mainAor)
    })
  }

  presentityOf(subscription: SubscriptionHandle): Aor | null {
    return (subscription.data as Aor | null) ?? parseAor(subscription.resourceUri)
  }
}

/** The same state looks the same to whoever is blocked politely, whatever the presentity does. */
function tagOf({ verdict, version }: View): string | null {
  if (verdict === 'polite-block') return 'none'
  return version === null ? null : `${version.incarnation}.${version.number}`
}
