/**
 * Stands between the listeners and the edge: a flow whose peer has offered to be a link begins with a hello, and is
 * never heard of again by the edge where that hello is believed. Every other flow is the edge's from its beginning;
 * so is one that has offered and failed.
 */
import type { FlowSink, TransportFlow } from '../ports/flows.ts'
import type { LinkPool } from '../topology/index.ts'
import { linkSizes } from '../topology/index.ts'
import { linkOfferOf, offersLink } from '../transport/index.ts'

export class LinkGate implements FlowSink {
  readonly #edge: FlowSink
  readonly #pool: Pick<LinkPool, 'isHello' | 'accept'>
  /** Before their first message. */
  readonly #offers = new Set<TransportFlow>()

  constructor(edge: FlowSink, pool: Pick<LinkPool, 'isHello' | 'accept'>) {
    this.#edge = edge
    this.#pool = pool
  }

  onFlowOpened(flow: TransportFlow): void {
    if (offersLink(flow)) this.#offers.add(flow)
    else this.#edge.onFlowOpened(flow)
  }

  onFlowMessage(flow: TransportFlow, bytes: Buffer): void {
    if (this.#offers.size > 0 && this.#offers.delete(flow)) this.#onFirstMessage(flow, bytes)
    else this.#edge.onFlowMessage(flow, bytes)
  }

  onFlowFault(flow: TransportFlow, event: string, head: Buffer | null): void {
    if (this.#offers.delete(flow)) this.#edge.onFlowOpened(flow)
    this.#edge.onFlowFault(flow, event, head)
  }

  onFlowClosed(flow: TransportFlow, reason: string): void {
    if (!this.#offers.delete(flow)) this.#edge.onFlowClosed(flow, reason)
  }

  #onFirstMessage(flow: TransportFlow, bytes: Buffer): void {
    const isHello = this.#pool.isHello(bytes)
    const offer = isHello ? linkOfferOf(flow, linkSizes) : null
    const sink = offer ? this.#pool.accept(offer, bytes) : null
    if (offer && sink) return offer.divert(sink)
    this.#edge.onFlowOpened(flow)
    // A hello has been answered already.
    if (!isHello) this.#edge.onFlowMessage(flow, bytes)
  }
}

/** In place of the edge on an address for links alone: who is no link is nobody there. */
export const noClients: FlowSink = {
  onFlowOpened: (flow) => flow.close('link.refused'),
  onFlowMessage: () => {},
  onFlowFault: () => {},
  onFlowClosed: () => {},
}
