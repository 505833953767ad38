/**
 * Flows whose clients have shown a certificate: looked at once when the flow opens, and again when authorities or
 * revocation lists have changed. A good one is carried to the shard of whoever speaks on the flow, which decides
 * whether it is his; a bad one is refused by its reason, so that nobody wonders why a password is asked for.
 */
import type { Counter } from '../ports/metrics.ts'
import { type Aor, parseAor } from '../sip/uri/aor.ts'
import type { EdgeFlow } from './edge-flow.ts'
import type { EdgePorts } from './edge-ports.ts'
import { certificateRefused } from './rejections.ts'

type DeskPorts = Pick<EdgePorts, 'certificates' | 'audit' | 'log' | 'metrics'>

const help = 'Connections whose clients have shown a certificate'

export class ClientCertificateDesk {
  readonly #ports: DeskPorts
  readonly #accepted: Counter
  readonly #refused: Counter

  constructor(ports: DeskPorts) {
    this.#ports = ports
    const count = (result: string) => ports.metrics.counter('meridian_client_certificates_total', help, { result })
    this.#accepted = count('accepted')
    this.#refused = count('refused')
  }

  /** The flow has just opened. */
  onOpened(flow: EdgeFlow): void {
    const { evidence } = flow.transport
    if (!evidence || this.#ports.certificates === null) return
    this.#judge(flow)
    if (flow.certificateRefusal === null) this.#accepted.inc()
  }

  /** What certificates are held against is new: who signed in by one that is no longer good loses his flow. */
  lookAgain(flows: Iterable<EdgeFlow>): void {
    for (const flow of [...flows]) {
      if (flow.proof === null) continue
      this.#judge(flow)
      if (flow.certificateRefusal !== null) flow.transport.close('edge.certificate-no-longer-good')
    }
  }

  #judge(flow: EdgeFlow): void {
    const verdict = this.#ports.certificates?.check(flow.transport.evidence!)
    if (!verdict) return
    flow.proof = null
    if (!verdict.ok) return this.#refuse(flow, verdict.refusal)
    const names = verdict.names.map(parseAor).filter((name): name is Aor => name !== null)
    flow.proof = { by: 'certificate', names, madeMs: null, untilMs: verdict.untilMs }
  }

  #refuse(flow: EdgeFlow, refusal: { reason: string; expected: string; seen: string; names: string }): void {
    const { reason, expected, seen, names } = refusal
    const { remoteAddress } = flow.transport
    flow.certificateRefusal = certificateRefused(reason)
    this.#refused.inc()
    this.#ports.log.write('warn', 'edge.certificate-refused', { remote: remoteAddress, reason, expected, seen, names })
    this.#ports.audit.note('certificate.refused', names || seen, `${reason}: ${seen}; from ${remoteAddress}`)
  }
}
