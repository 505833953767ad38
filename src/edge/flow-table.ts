/**
 * The flows of this worker: found by what the transport gives, by id, and by the AORs that they have proved.
 */

import type { FlowIdentity } from '../ports/bus.ts'
import { encodeFlowId, type FlowId, type TransportFlow } from '../ports/flows.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { EdgeFlow } from './edge-flow.ts'

/** One connection may carry several users (a gateway, a test tool), but not any number of them. */
const identitiesPerFlowMax = 10_000

export class FlowTable {
  readonly #worker: number
  readonly #incarnation: number
  readonly #bootId: string
  readonly #byTransport = new Map<TransportFlow, EdgeFlow>()
  readonly #byId = new Map<FlowId, EdgeFlow>()
  readonly #byAor = new Map<Aor, Set<EdgeFlow>>()
  #nextNumber = 1

  constructor(worker: number, incarnation: number, bootId: string) {
    this.#worker = worker
    this.#incarnation = incarnation
    this.#bootId = bootId
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
    const flow = new EdgeFlow(id, transport)
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

  /** The flow may speak for this AOR and its aliases from now on. */
  prove(flow: EdgeFlow, identity: FlowIdentity): void {
    flow.forgive(identity)
    if (flow.identities.size >= identitiesPerFlowMax) return
    for (const aor of [identity.aor, ...identity.aliases]) flow.identities.set(aor, identity)
    const flows = this.#byAor.get(identity.aor)
    if (flows) flows.add(flow)
    else this.#byAor.set(identity.aor, new Set([flow]))
  }

  /** Flows on which this account proved itself in an earlier epoch. */
  provedBefore(aor: Aor, epoch: number): EdgeFlow[] {
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
