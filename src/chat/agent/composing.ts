/**
 * "Is typing" in both directions (RFC 3994): when to tell a peer, and how long to believe one.
 */
import type { TimerHandle, Timers, TimerTarget } from '../../ports/timers.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { ComposingNotice } from '../bodies/composing-notice.ts'
import { composersMax, composingBelievedSeconds, composingIdleMs, composingRefreshSeconds } from './limits.ts'

const idleTime = 0
const repeatTime = 1

/** Our own typing, to one peer at a time (§3.2). */
export class OwnComposing implements TimerTarget {
  readonly #timers: Timers
  readonly #send: (peer: Aor, notice: ComposingNotice) => void
  /** Whom we told that we type. */
  #peer: Aor | null = null
  #idle: TimerHandle | null = null
  #repeat: TimerHandle | null = null

  constructor(timers: Timers, send: (peer: Aor, notice: ComposingNotice) => void) {
    this.#timers = timers
    this.#send = send
  }

  /** A key was pressed, and there is text. */
  typed(peer: Aor): void {
    if (this.#peer !== null && this.#peer !== peer) this.cleared()
    if (this.#peer === null) {
      this.#peer = peer
      this.#tellActive()
    }
    if (this.#idle !== null) this.#timers.cancel(this.#idle)
    this.#idle = this.#timers.set(composingIdleMs, this, idleTime)
  }

  /** The text was deleted, or the user turned to somebody else. */
  cleared(): void {
    const peer = this.#peer
    this.forget()
    if (peer !== null) this.#send(peer, { isActive: false, refreshSeconds: null })
  }

  /** The message itself says that the typing is over (§3.2), or there is nobody to tell. */
  forget(): void {
    for (const timer of [this.#idle, this.#repeat]) if (timer !== null) this.#timers.cancel(timer)
    this.#idle = null
    this.#repeat = null
    this.#peer = null
  }

  onTimer(kind: number): void {
    if (kind === idleTime) this.cleared()
    else this.#tellActive()
  }

  #tellActive(): void {
    if (this.#peer === null) return
    this.#repeat = this.#timers.set(composingRefreshSeconds * 1000, this, repeatTime)
    // The peer believes it somewhat longer than until the next notice, which may be late.
    this.#send(this.#peer, { isActive: true, refreshSeconds: composingRefreshSeconds + 10 })
  }
}

/** Who types to us (§3.3). */
export class Composers {
  readonly #timers: Timers
  readonly #onChange: (from: Aor, isActive: boolean) => void
  readonly #composers = new Map<Aor, Composer>()

  constructor(timers: Timers, onChange: (from: Aor, isActive: boolean) => void) {
    this.#timers = timers
    this.#onChange = onChange
  }

  onNotice(from: Aor, notice: ComposingNotice): void {
    const known = this.#composers.get(from)
    if (!notice.isActive) return this.onMessage(from)
    if (!known && this.#composers.size >= composersMax) return
    const composer = known ?? new Composer(() => this.onMessage(from))
    if (composer.timer !== null) this.#timers.cancel(composer.timer)
    const seconds = Math.max(1, notice.refreshSeconds ?? composingBelievedSeconds)
    composer.timer = this.#timers.set(seconds * 1000, composer, 0)
    this.#composers.set(from, composer)
    if (!known) this.#onChange(from, true)
  }

  /** Their message, or the time without another notice, ends it. */
  onMessage(from: Aor): void {
    const composer = this.#composers.get(from)
    if (!composer) return
    if (composer.timer !== null) this.#timers.cancel(composer.timer)
    this.#composers.delete(from)
    this.#onChange(from, false)
  }

  /** Without a connection nobody is seen typing. */
  clear(): void {
    for (const from of [...this.#composers.keys()]) this.onMessage(from)
  }
}

class Composer implements TimerTarget {
  readonly #onExpired: () => void
  timer: TimerHandle | null = null

  constructor(onExpired: () => void) {
    this.#onExpired = onExpired
  }

  onTimer(): void {
    this.timer = null
    this.#onExpired()
  }
}
