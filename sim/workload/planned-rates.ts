/**
 * The rates that a run should show in its window, by kind of operation: what clients ask for, and what the server tells
 * them. Storms apart, which are no rates.
 */
import type { OperationId } from '../measure/run-record.ts'
import type { Parameters } from './parameters.ts'
import { RateCurve } from './rate-curve.ts'
import { deriveRates } from './rates.ts'
import type { Workload } from './workload.ts'

export interface PlannedRate {
  readonly id: OperationId
  readonly perSecond: number
}

/** `message` and `typing` as clients send them, `session` an INVITE with its BYE. Without TLS nobody shakes hands. */
export function plannedRates(workload: Workload, isEncrypted: boolean): readonly PlannedRate[] {
  const parameters = atActivity(workload.parameters, meanActivity(workload))
  const rates = deriveRates(parameters, parameters.users * parameters.concurrency, 'restarted')
  const handshakes: readonly PlannedRate[] = [{ id: 'handshake', perSecond: rates.handshakes }]
  return [
    { id: 'register', perSecond: rates.register },
    { id: 'subscribe', perSecond: rates.subscribe },
    { id: 'publish', perSecond: rates.publish },
    { id: 'notify', perSecond: rates.notify + rates.notifyOfWatchers },
    { id: 'message', perSecond: rates.messagesSent },
    { id: 'typing', perSecond: rates.typing },
    { id: 'session', perSecond: rates.sessions },
    { id: 'keepalive', perSecond: rates.keepAlives },
    ...(isEncrypted ? handshakes : []),
  ]
}

/** What people do is so much less or more; what devices do by themselves stays. */
function atActivity(parameters: Parameters, activity: number): Parameters {
  return {
    ...parameters,
    presenceScale: parameters.presenceScale * activity,
    signInsPerHour: parameters.signInsPerHour * activity,
    conversationsPerHour: parameters.conversationsPerHour * activity,
    pollsPerHour: parameters.pollsPerHour * activity,
  }
}

function meanActivity({ plan: { activity, windows } }: Workload): number {
  const curve = RateCurve.ofHours(activity)
  const steps = Math.max(1, Math.ceil(windows.measureMs / 60_000))
  let sum = 0
  for (let step = 0; step < steps; step++)
    sum += curve.at(windows.warmUpMs + ((step + 0.5) / steps) * windows.measureMs)
  return sum / steps
}
