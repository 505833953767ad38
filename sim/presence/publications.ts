/**
 * What is surely published, and what surely no longer is, as the devices' requests and their answers have it.
 */
import type { History } from '../history.ts'
import type { PublishAct } from './history.ts'

/** Rounding of seconds, and what the steady wall clock may be drawn by. */
const marginMs = 2_000

export interface Published {
  /** The newest state of those whose 200 came and whose time is not over; 0: there may be none. */
  readonly newest: number
  /** States that were replaced or removed, and that was answered 200. */
  readonly gone: ReadonlySet<number>
}

export function publishedBy(history: History, user: string, atMs: number): Published {
  const gone = new Set<number>()
  let newest = 0
  for (const acts of actsByDevice(history, user).values()) {
    const standing = standingAfter(history, acts, gone)
    if (standing && standing.untilMs > atMs) newest = Math.max(newest, standing.number)
  }
  return { newest, gone }
}

/** Conditional requests that were refused although what they name must be there (RFC 3903 §6 step 2). */
export function lostPublications(history: History): readonly PublishAct[] {
  const lost: PublishAct[] = []
  for (const acts of actsByDevice(history, null).values()) standingAfter(history, acts, new Set(), lost)
  return lost
}

interface Standing {
  readonly number: number
  readonly untilMs: number
}

/**
 * Of one device: it has one publication at a time as far as it knows. One of which it has lost track may come to light
 * again when what it made in its place is removed, and lives until its stored time is over.
 */
function standingAfter(
  history: History,
  acts: readonly PublishAct[],
  gone: Set<number>,
  lost: PublishAct[] = [],
): Standing | null {
  let standing: Standing | null = null
  /** States of the publication that its newest entity tag names, and all others. */
  const own: number[] = []
  const earlier: number[] = []
  /** States that two publications may tell: a crash took the answer to the first request, not what it had made. */
  const doubtful = new Set<number>()
  for (const act of acts) {
    const isTaken = act.status === 200
    if (isLost(history, act, standing)) lost.push(act)
    if (act.act === 'create') earlier.push(...own.splice(0))
    if (isTaken && (act.act === 'modify' || act.act === 'remove')) for (const number of own.splice(0)) gone.add(number)
    if (act.act === 'create' || act.act === 'modify') own.push(act.number)
    if (act.act === 'create' && act.submissions > 1) doubtful.add(act.number)
    if (!isTaken) earlier.push(...own.splice(0))
    standing = isTaken && act.act !== 'remove' ? { number: act.number, untilMs: untilOf(history, act) } : null
  }
  // A device that publishes anew has forgotten what it published before.
  if (standing) for (const number of earlier) gone.add(number)
  else for (const number of doubtful) gone.delete(number)
  return standing
}

/**
 * A request may have been carried out before a crash took its answer, and was sent again: after a challenge with a new
 * CSeq, over UDP as it was. Its tag is used up, or what it removed is not there any more.
 */
function isLost(history: History, act: PublishAct, standing: Standing | null): boolean {
  const { status, submissions, sentMs, answeredMs } = act
  const wasRemoved = act.act === 'remove' && history.lossBetween(sentMs, answeredMs)
  return status === 412 && submissions === 1 && !wasRemoved && standing !== null && standing.untilMs > answeredMs
}

/** A server that starts anew takes over the machine's clock: steps forward bring the expiry nearer then. */
function untilOf(history: History, { expiresMs }: PublishAct): number {
  return expiresMs - marginMs - history.clockStepsMs.reduce((sum, byMs) => sum + Math.abs(byMs), 0)
}

function actsByDevice(history: History, user: string | null): Map<string, PublishAct[]> {
  const byDevice = new Map<string, PublishAct[]>()
  for (const act of history.presence.publishActs) {
    if (user !== null && act.user !== user) continue
    const known = byDevice.get(act.device)
    if (known) known.push(act)
    else byDevice.set(act.device, [act])
  }
  return byDevice
}
