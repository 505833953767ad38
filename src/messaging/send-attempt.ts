/**
 * Sends one message to one device, by the newest of its flows that was not tried yet. Live messages leave at once;
 * stored ones wait for the flush of what was last written of their user, so that no device takes what the sender is
 * told was not kept. The edge that owns the flow reports an outcome, handled in `on-outcome.ts`.
 */
import type { ForwardMessage, ForwardTarget, OutcomeMessage } from '../ports/bus.ts'
import type { FlowId } from '../ports/flows.ts'
import { streamsFirst } from '../registrar/index.ts'
import type { Unit } from '../shard/index.ts'
import { outcomeExpectedMs } from './limits.ts'
import type { Messaging } from './messaging.ts'
import type { Attempt, Recipient } from './recipient.ts'

/** The device's next flow, newest first, streams before UDP for what is large; null when none is left untried. */
export function nextTarget(messaging: Messaging, attempt: Attempt): ForwardTarget | null {
  for (const device of messaging.devices.known(attempt.recipient.aor)) {
    if (device.deviceKey !== attempt.deviceKey) continue
    const flows = streamsFirst(device.targets, attempt.request.bytes.length)
    for (const target of flows) if (!attempt.tried.includes(target.flow)) return target
  }
  return null
}

/** Attempts to this device by a flow that it no longer has. */
export function strandedFlights(messaging: Messaging, recipient: Recipient, deviceKey: string): readonly Attempt[] {
  const device = messaging.devices.known(recipient.aor).find((each) => each.deviceKey === deviceKey)
  const flows = new Set(device?.targets.map((target) => target.flow))
  const flights = [...recipient.conversations.values()].flatMap((conversation) => conversation.flights)
  return flights.filter((attempt) => attempt.deviceKey === deviceKey && !flows.has(attempt.tried.at(-1) as FlowId))
}

export function sendAttempt(messaging: Messaging, unit: Unit, attempt: Attempt, target: ForwardTarget): void {
  const forward = makeForward(messaging, attempt, target)
  const worker = messaging.host.placeOf(target.flow)
  if (attempt.delivery) unit.send(worker, forward)
  else {
    unit.touch(attempt.recipient.aor)
    unit.sendFlushed(worker, forward, null)
    // If it never leaves, we hear so as from a device. 503 rather than 0, which would speak against the flow.
    unit.sendFlushed(messaging.host.worker, note(forward, 100), note(forward, 503))
  }
  unit.change(() => markSent(messaging, attempt, forward))
}

function makeForward(messaging: Messaging, attempt: Attempt, target: ForwardTarget): ForwardMessage {
  const isProxied = attempt.delivery !== null && attempt.source !== null
  return {
    kind: 'forward',
    from: messaging.nextAddress(),
    target,
    request: attempt.request,
    mode: isProxied ? 'proxied' : 'stored',
    sender: attempt.conversation.sender,
    recipient: attempt.recipient.aor,
    source: isProxied ? attempt.source : null,
    date: attempt.date,
    recordRoute: false,
    callerRoute: null,
    spentRoutes: 0,
    maxBreadth: null,
  }
}

function markSent(messaging: Messaging, attempt: Attempt, forward: ForwardMessage): void {
  if (attempt.number !== 0) attempt.earlierNumbers.push(attempt.number)
  attempt.number = forward.from.number
  messaging.attempts.set(attempt.number, attempt)
  attempt.tried.push(forward.target.flow)
  attempt.sentMs = messaging.host.clock.monotonicMs()
  if (attempt.doubt !== null) messaging.metrics.repeated(attempt.doubt)
  if (attempt.state !== 'sent') attempt.conversation.flights.push(attempt)
  attempt.state = 'sent'
  if (attempt.delivery === null) expectOutcome(messaging, attempt)
}

/** From now on only this timer watches over the attempt. To be called in a change. */
export function expectOutcome(messaging: Messaging, attempt: Attempt): void {
  const { timers } = messaging.host
  if (attempt.timer !== null) timers.cancel(attempt.timer)
  attempt.timer = timers.set(outcomeExpectedMs, attempt, 0)
}

/** An outcome for ourselves: 100 says nothing and is passed over. */
function note(forward: ForwardMessage, status: 100 | 503): OutcomeMessage {
  return { kind: 'outcome', to: forward.from, status, response: null, deviceKey: forward.target.deviceKey }
}
