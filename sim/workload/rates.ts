/**
 * The rates that follow from the model: what a server gets to do each second in the busy hour. Computed, not counted;
 * tests hold them against the counts of plans. A transaction is a request with its answer at the server, in one
 * direction: a message is one when it comes and one for each device that it goes to.
 */
import { logNormalCutMean } from './distributions.ts'
import type { Parameters } from './parameters.ts'
import { presenceChangesPerHour } from './parameters.ts'
import { bytesPerSecond } from './rate-bytes.ts'
import type { Basis, Rates } from './rate-kinds.ts'

/** Registrations are stored four periods ahead, so every fourth refresh is written. */
const refreshesPerWrite = 4

/** For so many signed-in users: cN if not said otherwise. */
export function deriveRates(
  parameters: Parameters,
  signedIn: number = parameters.users * parameters.concurrency,
): Rates {
  const basis = basisOf(parameters, signedIn)
  const { devices, refreshes, signIns, losses, subscriptions } = basis
  const perSecond = signedIn / 3_600
  const changes = perSecond * presenceChangesPerHour(parameters)
  const polls = perSecond * parameters.pollsPerHour
  // A new connection costs two: 401, then 200; a refresh on one that is trusted costs one.
  const register = refreshes + 2 * (signIns + losses) + signIns
  const subscribe = subscriptions * (refreshes + signIns + losses + signIns) + polls
  const publish = changes + perSecond * publishRefreshesPerHour(parameters)
  const notifyOfChanges = changes * parameters.contacts * parameters.concurrency * parameters.devices
  const written = perSecond * parameters.conversationsPerHour * parameters.messagesPerConversation
  const sent = written * (1 + parameters.partyOfThreeShare)
  const sessions =
    perSecond * parameters.conversationsPerHour * parameters.sessionShare * (1 + parameters.partyOfThreeShare)
  const typing = written * parameters.typingPerMessage
  const delivered = sent * parameters.devices
  const notify = notifyOfChanges + subscribe
  const own = register + subscribe + publish + notify
  const rates = {
    register,
    subscribe,
    publish,
    notify,
    notifyOfChanges,
    notifyOfSubscriptions: subscribe,
    messagesWritten: written,
    messagesSent: sent,
    messagesDelivered: delivered,
    typing,
    sessions,
    keepAlives: devices / ((parameters.keepAliveFromSeconds + parameters.keepAliveToSeconds) / 2),
    handshakes: signIns + losses,
    transactions: own + delivered + typing + 2 * sessions,
    relays: own + 2 * delivered + 2 * typing + 2 * sessions,
    writes:
      signIns + losses + refreshes / refreshesPerWrite + signIns + changes + subscriptions * (2 * signIns + losses),
  }
  return { ...rates, bytes: bytesPerSecond(parameters, basis, rates, meanBodyBytes(parameters)) }
}

function basisOf(parameters: Parameters, signedIn: number): Basis {
  const devices = signedIn * parameters.devices
  return {
    signedIn,
    devices,
    refreshes: devices / refreshSeconds(parameters),
    signIns: (devices * parameters.signInsPerHour) / 3_600,
    losses: (devices * parameters.flowLossesPerHour) / 3_600,
    subscriptions: (parameters.lists ? 1 : parameters.contacts) + parameters.extraSubscriptions,
  }
}

/** Mean time between two refreshes of a device: T = r·E. */
export function refreshSeconds({ refreshFrom, refreshTo, expiresSeconds }: Parameters): number {
  return ((refreshFrom + refreshTo) / 2) * expiresSeconds
}

/** A change restarts the timer of the refresh, so most publications are never refreshed: λe^(−λT) / (1 − e^(−λT)). */
function publishRefreshesPerHour(parameters: Parameters): number {
  const hours = refreshSeconds(parameters) / 3_600
  const changes = presenceChangesPerHour(parameters)
  if (changes === 0) return 1 / hours
  const unchanged = Math.exp(-changes * hours)
  return (changes * unchanged) / (1 - unchanged)
}

export function meanBodyBytes({ bodyBytes, bodySigma, bodyBytesMax }: Parameters): number {
  return logNormalCutMean(bodyBytes, bodySigma, bodyBytesMax)
}

/** Commits a second for so many writes, if a flush takes `flushMs` and writes that wait for it go together. */
export function commitsPerSecond(writes: number, flushMs: number): number {
  const flush = flushMs / 1_000
  return writes === 0 ? 0 : 1 / (flush + Math.exp(-writes * flush) / writes)
}
