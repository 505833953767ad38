/**
 * When bindings expire (RFC 3261 §10.3): one timer each on the shard's wheel, which never fires later than the binding
 * says. Removing what has expired is left to `registrar-service.ts`.
 */
import type { TimerTarget } from '../ports/timers.ts'
import type { ShardHost } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Binding, BindingIdentity } from './binding.ts'

export class ExpiryTimers {
  readonly #host: Pick<ShardHost, 'clock' | 'timers'>
  readonly #onTimer: (aor: Aor, identity: BindingIdentity) => void

  constructor(host: Pick<ShardHost, 'clock' | 'timers'>, onTimer: (aor: Aor, identity: BindingIdentity) => void) {
    this.#host = host
    this.#onTimer = onTimer
  }

  /** `after` takes the place of `before`. A longer life leaves the timer alone: when it fires early it is set again. */
  replace(aor: Aor, before: Binding | null, after: Binding): void {
    if (before?.expiry && before.expiresMs <= after.expiresMs) {
      after.expiry = before.expiry
      return
    }
    if (before) this.stop(before)
    this.start(aor, after)
  }

  start(aor: Aor, binding: Binding): void {
    const target = new ExpiryTarget(this.#onTimer, aor, binding.identity)
    binding.expiry = this.#host.timers.set(this.leftMs(binding), target, 0)
  }

  stop(binding: Binding): void {
    if (binding.expiry) this.#host.timers.cancel(binding.expiry)
    binding.expiry = null
  }

  leftMs({ expiresMs }: Binding): number {
    return Math.max(0, expiresMs - this.#host.clock.wallMs())
  }
}

/** Names the binding and does not hold it: the timer stays when a refresh puts another object into its place. */
class ExpiryTarget implements TimerTarget {
  readonly #onTimer: (aor: Aor, identity: BindingIdentity) => void
  readonly #aor: Aor
  readonly #identity: BindingIdentity

  constructor(onTimer: (aor: Aor, identity: BindingIdentity) => void, aor: Aor, identity: BindingIdentity) {
    this.#onTimer = onTimer
    this.#aor = aor
    this.#identity = identity
  }

  onTimer(): void {
    this.#onTimer(this.#aor, this.#identity)
  }
}
