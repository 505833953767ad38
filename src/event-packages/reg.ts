/**
 * The event package `reg` (RFC 3680): by which contacts the user is registered, and what has happened to each; with
 * public GRUUs (RFC 5628).
 */
import { type RegisteredContact, regInfoContentType, writeRegInfo } from '../documents/index.ts'
import type { EventPackage, NotifyDocument, SubscriptionHandle } from '../events/index.ts'
import type { Clock } from '../ports/clock.ts'
import { type Binding, type BindingEvent, mayHaveGruu, publicGruu, type Registrar } from '../registrar/index.ts'
import type { Rejection, Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { OwedItems } from './owed-items.ts'
import { OwnSubscriptions, type PackageParts } from './own-subscriptions.ts'

interface Happened {
  readonly binding: Binding
  readonly event: BindingEvent
}

export class RegPackage implements EventPackage {
  readonly name = 'reg'
  readonly contentTypes = [regInfoContentType]
  /** RFC 3680 §4.4. */
  readonly defaultExpiresSeconds = 3_761
  readonly rfcs = ['3680', '5628']

  readonly #clock: Clock
  readonly #registrar: Pick<Registrar, 'bindings'>
  readonly #subscriptions: OwnSubscriptions

  constructor(parts: PackageParts, registrar: Pick<Registrar, 'bindings' | 'watchBindings'>) {
    this.#clock = parts.host.clock
    this.#registrar = registrar
    this.#subscriptions = new OwnSubscriptions(parts)
    registrar.watchBindings((aor, binding, event) => this.#onBinding(aor, { binding, event }))
  }

  admit(subscription: SubscriptionHandle): Rejection | 'active' {
    return this.#subscriptions.admit(subscription)
  }

  begin(unit: Unit, subscription: SubscriptionHandle): void {
    subscription.data = new OwedItems<Happened>(subscription.sequenceCeiling, ({ binding }) => contactId(binding))
    this.#subscriptions.add(unit, subscription)
  }

  end(subscription: SubscriptionHandle): void {
    this.#subscriptions.remove(subscription)
  }

  document({ watcher, data }: SubscriptionHandle, want: 'full' | 'changes'): NotifyDocument | null {
    const bindings = this.#registrar.bindings(watcher)
    const owed = (data as OwedItems<Happened>).take(want, () => bindings.map(lastOf))
    if (!owed) return null
    const wallMs = this.#clock.wallMs()
    const contacts = owed.items.map((each) => contactOf(watcher, each, wallMs))
    const state = bindings.length > 0 ? 'active' : contacts.length > 0 ? 'terminated' : 'init'
    const registrations = [{ aor: watcher, id: registrationId, state, contacts } as const]
    const body = writeRegInfo({ version: owed.version, state: owed.state, registrations })
    return { contentType: regInfoContentType, body, entityTag: null }
  }

  /** Told in the midst of a change. */
  #onBinding(aor: Aor, happened: Happened): void {
    for (const { data } of this.#subscriptions.of(aor)) (data as OwedItems<Happened>).note(happened)
    this.#subscriptions.changed(aor)
  }
}

/** A user has one registration. */
const registrationId = 'registration'

/** The same as long as the contact stands: one that comes back later is another (RFC 3680 §5.1.2). */
function contactId({ identity, createdMs, contactUri }: Binding): string {
  return `${createdMs} ${identity} ${contactUri}`
}

function lastOf(binding: Binding): Happened {
  return { binding, event: binding.namedMs > binding.createdMs ? 'refreshed' : 'registered' }
}

function contactOf(aor: Aor, { binding, event }: Happened, wallMs: number): RegisteredContact {
  const { instanceId, createdMs, expiresMs } = binding
  const isActive = event === 'registered' || event === 'refreshed'
  return {
    id: contactId(binding),
    uri: binding.contactUri,
    state: isActive ? 'active' : 'terminated',
    event,
    displayName: null,
    expiresSeconds: isActive ? Math.max(0, Math.round((expiresMs - wallMs) / 1000)) : null,
    retryAfterSeconds: null,
    registeredSeconds: Math.max(0, Math.round((wallMs - createdMs) / 1000)),
    q: binding.q,
    callId: binding.callId,
    cseq: binding.cseq,
    publicGruu: instanceId !== null && mayHaveGruu(instanceId) ? publicGruu(aor, instanceId) : null,
  }
}
