/**
 * The presence of a user agent: the people whom it watches (`watch.ts`) and its own state (`own-presence.ts`), opened
 * and closed together with its connection.
 */
import { HeaderId } from '../../sip/message/header-id.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { PresenceState } from '../bodies/presence-body.ts'
import type { AgentEvent, SeenPresence } from './events.ts'
import { watchesMax } from './limits.ts'
import { OwnPresence } from './own-presence.ts'
import type { AgentPorts } from './ports.ts'
import type { Requests } from './requests.ts'
import type { AgentSettings } from './settings.ts'
import { Watch } from './watch.ts'
import { watchedContacts, watchedPerson } from './watched.ts'

export class Presence {
  readonly #settings: AgentSettings
  readonly #requests: Requests
  readonly #ports: AgentPorts
  readonly #emit: (event: AgentEvent) => void
  readonly #own: OwnPresence
  /** By the person, the one turned to last at the end. */
  readonly #watches = new Map<Aor, Watch>()
  #contacts: Watch | null = null
  #isOpen = false

  constructor(settings: AgentSettings, requests: Requests, ports: AgentPorts, emit: (event: AgentEvent) => void) {
    this.#settings = settings
    this.#requests = requests
    this.#ports = ports
    this.#emit = emit
    this.#own = new OwnPresence(settings, requests, ports, {
      onPublished: (state) => emit({ kind: 'published', state }),
      onPublishRefused: (state, status, reason) => emit({ kind: 'publish-refused', state, status, reason }),
    })
  }

  /** Beyond the bound the one turned to longest ago is watched no more. */
  watch(person: Aor): void {
    const known = this.#watches.get(person)
    this.#watches.delete(person)
    const watch = known ?? new Watch(watchedPerson(person), this.#requests, this.#ports, this.#onSeen)
    this.#watches.set(person, watch)
    if (!known && this.#isOpen) watch.open()
    if (this.#watches.size <= watchesMax) return
    const [oldest] = this.#watches.keys()
    this.#watches.get(oldest!)?.end(() => {})
    this.#watches.delete(oldest!)
  }

  watchContacts(): void {
    if (this.#contacts !== null) return
    const watched = watchedContacts(this.#settings.aor)
    this.#contacts = new Watch(watched, this.#requests, this.#ports, this.#onSeen)
    if (this.#isOpen) this.#contacts.open()
  }

  publish(state: PresenceState): void {
    this.#own.publish(state)
  }

  open(): void {
    this.#isOpen = true
    this.#own.open()
    for (const watch of this.#all()) watch.open()
  }

  close(): void {
    this.#isOpen = false
    this.#own.close()
    for (const watch of this.#all()) watch.close()
  }

  /** Ends the subscriptions and takes back the own state; `done` when all of it is answered. */
  end(done: () => void): void {
    this.#isOpen = false
    const watches = this.#all()
    let openCount = watches.length + 1
    const onAnswer = () => {
      openCount--
      if (openCount === 0) done()
    }
    for (const watch of watches) watch.end(onAnswer)
    this.#own.end(onAnswer)
  }

  /** The status to answer with (RFC 6665 §4.1.3, §7.2). */
  onNotify(notify: SipMessage): number {
    const event = (notify.first(HeaderId.event) ?? '').split(';', 1)[0]!.trim().toLowerCase()
    if (event !== 'presence') return 489
    for (const watch of this.#all()) if (watch.owns(notify)) return watch.onNotify(notify)
    return 481
  }

  #all(): readonly Watch[] {
    return this.#contacts === null ? [...this.#watches.values()] : [...this.#watches.values(), this.#contacts]
  }

  readonly #onSeen = (of: Aor, presence: SeenPresence): void => {
    this.#emit({ kind: 'presence', of, presence })
  }
}
