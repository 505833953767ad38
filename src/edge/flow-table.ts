/**
 * The flows of this worker: found by what the transport gives, by id, and by the AORs that they have proved.
 */

import type { FlowIdentity } from '../ports/bus.ts'
import { encodeFlowId, type FlowId, type TransportFlow } from '../ports/flows.ts'
import type { WireTaps } from '../ports/wire-tap.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { EdgeFlow } from './edge-flow.ts'

/** One connection may carry several users (a gateway, a test tool), but not any number of them. */
const identitiesPerFlowMax = 10_000
/** An answer is on its way for seconds; so many accounts are not changed by administrators in that time. */
const epochsMax = 10_000

export class FlowTable {
  readonly #worker: number
  readonly #incarnation: number
  readonly #bootId: string
  readonly #taps: WireTaps
  readonly #byTransport = new Map<TransportFlow, EdgeFlow>()
  readonly #byId = new Map<FlowId, EdgeFlow>()
  /** Newest epochs heard of, for answers that were on their way; the oldest are forgotten. */
  readonly #epochs = new Map<Aor, number>()
  readonly #byAor = new Map<Aor, Set<EdgeFlow>>()
  #nextNumber = 1

  constructor(worker: number, incarnation: number, bootId: string, taps: WireTaps) {
    this.#worker = worker
    this.#incarnation = incarnation
    this.#bootId = bootId
    this.#taps = taps
  }

  get count(): number {
    return this.#byId.size
  }

  all(): Iterable<EdgeFlow> {
    return this.#byId.values()
  }

  open(transport: TransportFlow): EdgeFlow {
    const number = this.#nextNumber++
    const id = encodeFlowId({ worker: this.#worker, incarnation: this.#incarnation, number, bootId: this.#bootId })
    const flow = new EdgeFlow(id, transport, this.#taps)
    this.#byTransport.set(transport, flow)
    this.#byId.set(id, flow)
    return flow
  }

  of(transport: TransportFlow): EdgeFlow | null {
    return this.#byTransport.get(transport) ?? null
  }

  find(id: FlowId): EdgeFlow | null {
    return this.#byId.get(id) ?? null
  }

  close(flow: EdgeFlow): void {
    flow.closed = true
    this.#byTransport.delete(flow.transport)
    this.#byId.delete(flow.id)
    for (const aor of flow.identities.keys()) this.#forget(aor, flow)
  }

  /**
   * The flow may speak for this AOR and its aliases from now on. False: the account's epoch was raised while the answer
   * that says so was on its way.
   */
  prove(flow: EdgeFlow, identity: FlowIdentity): boolean {
    if (identity.epoch < (this.#epochs.get(identity.aor) ?? 0)) return false
    flow.forgive(identity)
    if (flow.identities.size >= identitiesPerFlowMax) return true
    for (const aor of [identity.aor, ...identity.aliases]) flow.identify(aor, identity)
    const flows = this.#byAor.get(identity.aor)
    if (flows) flows.add(flow)
    else this.#byAor.set(identity.aor, new Set([flow]))
    return true
  }

  /** Notes the account's epoch; returns the flows on which it proved itself in an earlier one. */
  raiseEpoch(aor: Aor, epoch: number): EdgeFlow[] {
    this.#epochs.delete(aor)
    if (this.#epochs.size >= epochsMax) this.#epochs.delete(this.#epochs.keys().next().value as Aor)
    this.#epochs.set(aor, epoch)
    const flows = this.#byAor.get(aor)
    return flows ? [...flows].filter((flow) => (flow.identities.get(aor)?.epoch ?? epoch) < epoch) : []
  }

  #forget(aor: Aor, flow: EdgeFlow): void {
    const flows = this.#byAor.get(aor)
    if (!flows) return
    flows.delete(flow)
    if (flows.size === 0) this.#byAor.delete(aor)
  }
}
