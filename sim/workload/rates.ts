/**
 * The rates that follow from the model: what a server gets to do each second in the busy hour. Computed, not counted;
 * tests hold them against the counts of plans. A transaction is a request with its answer at the server, in one
 * direction: a message is one when it comes and one for each device that it goes to.
 */
import { logNormalCutMean } from './distributions.ts'
import { extraPackages } from './manners.ts'
import type { Parameters } from './parameters.ts'
import { presenceChangesPerHour } from './parameters.ts'
import { bytesPerSecond } from './rate-bytes.ts'
import type { Basis, Rates } from './rate-kinds.ts'

/** Registrations are stored four periods ahead, so every fourth refresh is written. */
const refreshesPerWrite = 4

/**
 * `regular`: every device refreshes each T, as the published table has it. `restarted`: a sign-in, and a return after a
 * lost connection, begins its T anew, so that there are fewer of them: what a run shows.
 */
export type Refreshing = 'regular' | 'restarted'

/** For so many signed-in users: cN if not said otherwise. */
export function deriveRates(
  parameters: Parameters,
  signedIn: number = parameters.users * parameters.concurrency,
  refreshing: Refreshing = 'regular',
): Rates {
  const basis = basisOf(parameters, signedIn, refreshing)
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
    notifyOfWatchers: notifyOfWatchers(parameters, perSecond),
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

function basisOf(parameters: Parameters, signedIn: number, refreshing: Refreshing): Basis {
  const devices = signedIn * parameters.devices
  const restarts = refreshing === 'regular' ? 0 : parameters.signInsPerHour + parameters.flowLossesPerHour
  return {
    signedIn,
    devices,
    refreshes: (devices * refreshesPerHour(parameters, restarts)) / 3_600,
    signIns: (devices * parameters.signInsPerHour) / 3_600,
    losses: (devices * parameters.flowLossesPerHour) / 3_600,
    subscriptions: (parameters.lists ? 1 : parameters.contacts) + parameters.extraSubscriptions,
  }
}

/** Mean time between two refreshes of a device: T = r·E. */
export function refreshSeconds({ refreshFrom, refreshTo, expiresSeconds }: Parameters): number {
  return ((refreshFrom + refreshTo) / 2) * expiresSeconds
}

/** A change restarts the timer of the refresh, so most publications are never refreshed. */
function publishRefreshesPerHour(parameters: Parameters): number {
  return refreshesPerHour(parameters, presenceChangesPerHour(parameters))
}

/** Of a timer that so many chance events an hour begin anew: λe^(−λT) / (1 − e^(−λT)). */
function refreshesPerHour(parameters: Parameters, restartsPerHour: number): number {
  const hours = refreshSeconds(parameters) / 3_600
  if (restartsPerHour === 0) return 1 / hours
  const undisturbed = Math.exp(-restartsPerHour * hours)
  return (restartsPerHour * undisturbed) / (1 - undisturbed)
}

/**
 * RFC 3857 §4.7: who watches a user has begun or ended to. A user is one watcher, by however many devices, and comes
 * and goes with the session; a lost connection ends no subscription. Documents do not change in the model, so
 * `xcap-diff` tells nothing but the answer to its SUBSCRIBE.
 */
function notifyOfWatchers(parameters: Parameters, usersPerSecondAndHour: number): number {
  const { extraSubscriptions, signInsPerHour, contacts, concurrency, devices } = parameters
  if (!extraPackages.slice(0, extraSubscriptions).includes('presence.winfo')) return 0
  return usersPerSecondAndHour * 2 * signInsPerHour * contacts * concurrency * devices
}

export function meanBodyBytes({ bodyBytes, bodySigma, bodyBytesMax }: Parameters): number {
  return logNormalCutMean(bodyBytes, bodySigma, bodyBytesMax)
}

/** Commits a second for so many writes, if a flush takes `flushMs` and writes that wait for it go together. */
export function commitsPerSecond(writes: number, flushMs: number): number {
  const flush = flushMs / 1_000
  return writes === 0 ? 0 : 1 / (flush + Math.exp(-writes * flush) / writes)
}
