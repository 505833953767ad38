/**
 * A request on its way through the steps: what came, by which flow, and what the steps have found out so far.
 */
import type { DialogRoute } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { Pressure } from '../ports/pressure.ts'
import type { Seals } from '../ports/seals.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { EdgeFlow } from './edge-flow.ts'
import type { EdgeSettings } from './edge-ports.ts'
import type { EdgeRejection } from './rejections.ts'

/** What a step may ask of its edge. */
export interface StepPorts {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly seals: Seals
  readonly pressure: Pressure
  readonly settings: EdgeSettings
}

export class Arrival {
  readonly flow: EdgeFlow
  readonly request: SipMessage
  readonly ports: StepPorts
  /** Set by the step `sender`. */
  sender: Aor | null = null
  /** Set by the step `route`, for in-dialog requests that carry our token. */
  route: DialogRoute | null = null

  constructor(flow: EdgeFlow, request: SipMessage, ports: StepPorts) {
    this.flow = flow
    this.request = request
    this.ports = ports
  }
}

/** `continue` to the next step, or the answer that ends the walk. */
export type Verdict = 'continue' | EdgeRejection

export type Step = (arrival: Arrival) => Verdict
