/**
 * The directory of the virtual world, as main hears of it: who is found there, after how long, or that no catalog
 * answers. Its users are no accounts of the server until a shard has asked for them; then they are for good.
 */

import type { DigestSecrets } from '../../src/ports/directory.ts'
import type { DirectoryAnswerMessage } from '../../src/ports/directory-bus.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'
import type { EventQueue } from './event-queue.ts'

/**
 * `gone`: connections are refused. `silent`: they are taken, and nothing comes. `slow`: the answer takes seconds.
 * `wrong`: a catalog that has not heard of anybody yet says that there is nobody.
 */
export const outageKinds = ['gone', 'silent', 'slow', 'wrong'] as const
export type OutageKind = (typeof outageKinds)[number]

export interface DirectoryFinding {
  readonly outcome: DirectoryAnswerMessage['outcome']
  /** Of whom was found. */
  readonly secrets: DigestSecrets | null
}

const usualMs = 5
/** What main waits for a catalog before it says that it cannot know. */
const patienceMs = 5_000
const slowMs = 3_000

export class VirtualDirectory {
  readonly #events: EventQueue
  readonly #users = new Map<Aor, DigestSecrets>()
  #outage: OutageKind | null = null
  #outages = 0
  /** Questions, by how they were answered. */
  readonly counts = { found: 0, nobody: 0, unsure: 0 }

  constructor(events: EventQueue) {
    this.#events = events
  }

  add(aor: Aor, secrets: DigestSecrets): void {
    this.#users.set(aor, secrets)
  }

  has(aor: Aor): boolean {
    return this.#users.has(aor)
  }

  /** For so long; a new one takes the place of the one before. */
  fail(kind: OutageKind, forMs: number): void {
    const outage = ++this.#outages
    this.#outage = kind
    this.#events.after(forMs, () => {
      if (outage === this.#outages) this.recover()
    })
  }

  recover(): void {
    this.#outage = null
  }

  ask(aor: Aor, answer: (finding: DirectoryFinding) => void): void {
    const finding = this.#findingOf(aor)
    this.counts[finding.outcome]++
    this.#events.after(this.#tookMs(), () => answer(finding))
  }

  #findingOf(aor: Aor): DirectoryFinding {
    const secrets = this.#users.get(aor) ?? null
    if (this.#outage === 'gone' || this.#outage === 'silent') return { outcome: 'unsure', secrets: null }
    if (this.#outage === 'wrong' || secrets === null) return { outcome: 'nobody', secrets: null }
    return { outcome: 'found', secrets }
  }

  #tookMs(): number {
    if (this.#outage === 'silent') return patienceMs
    return this.#outage === 'slow' ? slowMs : usualMs
  }
}
