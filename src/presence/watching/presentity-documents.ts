/**
 * The document that each presentity of a shard shows: composed at most once per version, and again when something in
 * it begins or ends by itself.
 */
import type { ShardHost, Unit } from '../../shard/index.ts'
import { ownBytes } from '../../sip/message/own-bytes.ts'
import type { CountedState, Now } from '../composition/counted-state.ts'
import type { Presentity } from './presentity.ts'

/** What a presentity shows now. */
export type Compose = (presentity: Presentity, now: Now) => CountedState

export class PresentityDocuments {
  readonly #host: ShardHost
  readonly #compose: Compose
  readonly #onValidity: (unit: Unit, presentity: Presentity) => void

  /** `onValidity`: the document may look different from now on. */
  constructor(host: ShardHost, compose: Compose, onValidity: (unit: Unit, presentity: Presentity) => void) {
    this.#host = host
    this.#compose = compose
    this.#onValidity = onValidity
  }

  of(presentity: Presentity): Uint8Array {
    if (presentity.document === null) this.keep(presentity, this.compose(presentity))
    return presentity.document!
  }

  compose(presentity: Presentity): CountedState {
    const { clock } = this.#host
    const composed = this.#compose(presentity, { wallMs: clock.wallMs(), systemMs: clock.systemMs() })
    return { ...composed, document: ownBytes(composed.document) }
  }

  /** It is composed again when something in it begins or ends (RFC 4480 §3.1, RFC 4481 §2). */
  keep(presentity: Presentity, { document, changesAtMs }: CountedState): void {
    this.forget(presentity)
    presentity.document = document
    if (changesAtMs === null) return
    const target = { onTimer: () => this.#onTimer(presentity) }
    const leftMs = Math.max(0, changesAtMs - this.#host.clock.systemMs())
    presentity.validity = this.#host.timers.set(leftMs, target, 0)
  }

  forget(presentity: Presentity): void {
    presentity.document = null
    if (presentity.validity) this.#host.timers.cancel(presentity.validity)
    presentity.validity = null
  }

  #onTimer(presentity: Presentity): void {
    presentity.validity = null
    const cause = { who: presentity.aor, what: 'presence-validity', hash: '' }
    this.#host.run(cause, (unit) => this.#onValidity(unit, presentity))
  }
}
