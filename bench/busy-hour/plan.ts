/**
 * What users do in a busy hour, as a list of moments: four changes of presence an hour (of them one sign-in and one
 * sign-out in ten hours), one lost connection in twenty, refreshes of registration, subscriptions and unchanged
 * publications after 0.875 of their 3,600 seconds. Evenly spread, so that counts are exact and each run is the same.
 */
export type ActKind = 'change' | 'refresh' | 'republish' | 'signOut' | 'reconnect'

export interface Act {
  /** From the start of the hour, in the time of the model. */
  readonly atMs: number
  readonly user: number
  readonly kind: ActKind
}

export interface BusyHour {
  readonly acts: readonly Act[]
  /** Records that must become durable in it: one commit each, where none is shared. */
  readonly writes: number
}

export const expiresSeconds = 3_600
const hourMs = 3_600_000
const refreshMs = 0.875 * expiresSeconds * 1_000
/** Beyond this somebody would be refreshed twice, and `isRefreshWritten` would be wrong. */
export const lengthMsMax = 2_700_000

/** For each user and hour. e^(-3.5) / (1 - e^(-3.5)) of four changes: who says nothing for a whole period. */
const changesPerHour = 3.8
const republishedPerHour = 0.125
const signOutsPerHour = 0.1
const reconnectsPerHour = 0.05
/** The list, and two for what is the user's own. */
const subscriptionsOfEach = 3

/**
 * A stored binding is good for four periods, so that every fourth refresh writes. Users whose refresh is to write sign
 * in for a shorter time: what is reserved for them then ends before their next period does.
 */
export function isRefreshWritten(user: number): boolean {
  return stays(user) && (user >> 3) % 4 === 0
}

/** Every eighth user comes and goes, the others stay and speak: what they say is not mixed with their absence. */
function stays(user: number): boolean {
  return user % 8 !== 7
}

export function busyHour(users: number, lengthMs: number): BusyHour {
  const everybody = Array.from({ length: users }, (_, user) => user)
  const staying = everybody.filter(stays)
  const moving = everybody.filter((user) => !stays(user))
  const count = (perUserHour: number) => Math.round((users * perUserHour * lengthMs) / hourMs)
  const [signOuts, reconnects] = [count(signOutsPerHour), count(reconnectsPerHour)]
  const refreshes = count(hourMs / refreshMs)
  const changes = count(changesPerHour)
  const refreshed = spread('refresh', staying, refreshes, lengthMs, 0)
  const moves = spread('reconnect', moving, signOuts + reconnects, lengthMs, 3).map((move, index): Act => {
    const isSignOut =
      Math.floor(((index + 1) * signOuts) / (signOuts + reconnects)) >
      Math.floor((index * signOuts) / (signOuts + reconnects))
    return isSignOut ? { ...move, kind: 'signOut' } : move
  })
  const acts = [
    ...refreshed,
    ...spread('change', staying, changes, lengthMs, 1),
    ...spread('republish', staying, count(republishedPerHour), lengthMs, 2),
    ...moves,
  ].sort((a, b) => a.atMs - b.atMs)
  const writes =
    changes +
    refreshed.filter(({ user }) => isRefreshWritten(user)).length +
    // A publication, a binding and subscriptions that end, and new ones; the old ones of a lost connection stay for
    // the device that comes back, which makes new ones.
    signOuts * (2 + 2 + 2 * subscriptionsOfEach) +
    reconnects * (1 + subscriptionsOfEach)
  return { acts, writes }
}

/** So many moments, each in the middle of its share of the time; one user after another, far from each other. */
function spread(kind: ActKind, who: readonly number[], count: number, lengthMs: number, first: number): Act[] {
  return Array.from({ length: count }, (_, index) => ({
    kind,
    atMs: ((index + 0.5 + first / 7) * lengthMs) / (count + 1),
    user: who[(first * 37 + index * strideOver(who.length)) % who.length]!,
  }))
}

/** A step that reaches everybody before it comes back to one: coprime to the count. */
function strideOver(count: number): number {
  let step = Math.max(1, Math.round(count * 0.618))
  while (greatestCommonDivisor(step, count) !== 1) step++
  return step
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
