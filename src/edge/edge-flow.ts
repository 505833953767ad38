/**
 * One flow as the edge knows it: who may speak on it, what is under way on it, which users' bindings name it.
 */
import type { FlowIdentity, NewBindings, RequestSource } from '../ports/bus.ts'
import type { FlowId, TransportFlow } from '../ports/flows.ts'
import type { Proof } from '../ports/proof.ts'
import type { TappedFlow, WireTaps } from '../ports/wire-tap.ts'
import type { ServerTransaction } from '../sip/transaction/server-transaction.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { EdgeRejection } from './rejections.ts'
import type { SendingFlow, UnderWay } from './under-way.ts'

/** A user whose bindings name a flow. */
export interface BoundUser {
  /** Of the account when the bindings were made. */
  readonly epoch: number
  readonly bindings: ReadonlySet<string>
  /** Since when the newest of them names the flow; steady wall clock. */
  readonly atMs: number
}

export class EdgeFlow implements SendingFlow, TappedFlow {
  readonly id: FlowId
  readonly transport: TransportFlow
  /** Keyed inside the flow: two clients may use the same branch (RFC 3261 says they may not, some do). */
  readonly serverTransactions = new Map<string, ServerTransaction>()
  /** AORs that this flow has proved (stream flows only; on UDP nobody holds the other end). */
  readonly identities = new Map<Aor, FlowIdentity>()
  /** AORs with a binding that names this flow. */
  readonly bound = new Map<Aor, BoundUser>()
  /** In whose name wrong answers to a challenge came, one entry each; no more than count. */
  failedAs: Aor[] = []
  /** The newest request of our own that is under way by this flow, which leads to the others. */
  ownRequests: UnderWay | null = null
  closed = false
  readonly #taps: WireTaps
  /** What its client's certificate says, where that is good. */
  proof: Proof | null = null
  /** Why it is not; null where it is, and where there is none. */
  certificateRefusal: EdgeRejection | null = null
  /** The account that signed in first. */
  #owner: Aor | null = null

  constructor(id: FlowId, transport: TransportFlow, taps: WireTaps) {
    this.id = id
    this.transport = transport
    this.#taps = taps
  }

  /** The one way out: whoever reads along sees all that leaves. */
  send(bytes: Uint8Array): void {
    this.#taps.current?.onMessage('sent', this, bytes)
    this.transport.send(bytes)
  }

  get reliable(): boolean {
    return this.transport.transport !== 'udp'
  }

  /**
   * Who answers for what comes by this flow: the account that signed in first, else the address, which many may
   * share.
   */
  get culprit(): string {
    return this.#owner ?? this.transport.remoteAddress
  }

  /** It may speak for this AOR: the account's own, or one of its aliases. */
  identify(aor: Aor, identity: FlowIdentity): void {
    this.#owner ??= identity.aor
    this.identities.set(aor, identity)
  }

  /**
   * Who proves himself may have mistyped before. Others' failures stay: nobody guesses on between his own successes.
   */
  forgive({ aor, aliases }: FlowIdentity): void {
    if (this.failedAs.length === 0) return
    this.failedAs = this.failedAs.filter((failed) => failed !== aor && !aliases.includes(failed))
  }

  /** The identity under which `aor` may speak on this flow now; null where it must authenticate. */
  identityOf(aor: Aor, nowMs: number): FlowIdentity | null {
    const identity = this.identities.get(aor)
    return identity !== undefined && identity.untilMs > nowMs ? identity : null
  }

  /** By its identity, or on UDP by a REGISTER that bound it: enough for what has no answer (an ACK). */
  hasProved(aor: Aor, nowMs: number): boolean {
    return this.identityOf(aor, nowMs) !== null || this.bound.has(aor)
  }

  bind({ aor, epoch }: FlowIdentity, { bindings, atMs }: NewBindings): void {
    const before = this.bound.get(aor)
    const kept = before?.epoch === epoch ? before.bindings : []
    this.bound.set(aor, { epoch, bindings: new Set([...kept, ...bindings]), atMs })
  }

  /** These bindings have moved on to another flow. */
  unbind(aor: Aor, bindings: readonly string[]): void {
    const bound = this.bound.get(aor)
    if (!bound) return
    const left = new Set([...bound.bindings].filter((binding) => !bindings.includes(binding)))
    if (left.size === 0) this.bound.delete(aor)
    else this.bound.set(aor, { ...bound, bindings: left })
  }

  sourceFor(aor: Aor, nowMs: number): RequestSource {
    const { transport, remoteAddress, remotePort, localAddress, localPort } = this.transport
    return {
      flow: this.id,
      transport,
      remoteAddress,
      remotePort,
      localAddress,
      localPort,
      identity: this.identityOf(aor, nowMs),
    }
  }
}
