/**
 * P1: a REGISTER that was answered 200 is listed in every later answer to its user until it expires, whatever died
 * meanwhile. Without an instance a binding may go with its stream.
 */
import type { History, Registration } from '../history.ts'
import { wasRemoved } from './accounts.ts'
import type { Checker, Violation } from './checker.ts'

/** Rounding of seconds, and what the steady wall clock may be drawn by. */
const marginMs = 2_000

export const bindings: Checker = {
  name: 'bindings',
  check(history) {
    const violations: Violation[] = []
    for (const device of new Set(history.registrations.map((each) => each.device)))
      violations.push(...judgeDevice(history, device))
    return violations
  },
}

function judgeDevice(history: History, device: string): Violation[] {
  const own = history.registrations.filter((each) => each.device === device)
  return own.flatMap((registration, index) => {
    const { act, status, user } = registration
    if (act !== 'register' || status !== 200 || wasRemoved(history, user)) return []
    if (own.slice(0, index).some((each) => mayComeLate(each, registration))) return []
    const next = own[index + 1]
    // The next REGISTER may change this binding as soon as it has been sent: from then on it is judged by that one.
    const untilMs = Math.min(
      next?.sentMs ?? Number.POSITIVE_INFINITY,
      expiryOf(history, registration),
      endOf(history, registration),
    )
    return history.registrations
      .filter(
        (each) =>
          each.user === user &&
          each.status === 200 &&
          each.sentMs > registration.answeredMs &&
          each.answeredMs < untilMs,
      )
      .filter((each) => !each.listed.some((contact) => contact.startsWith(`<${registration.contact}>`)))
      .map((each) => {
        const text = `${device} was registered at ${registration.answeredMs} ms and is not listed for ${each.device}`
        return { checker: 'bindings', atMs: each.answeredMs, text }
      })
  })
}

/** A server that starts anew takes over the machine's clock: steps forward bring the expiry nearer then. */
function expiryOf(history: History, { expiresMs }: Registration): number {
  const forwardMs = history.clockStepsMs.reduce((sum, byMs) => sum + Math.abs(byMs), 0)
  return expiresMs - marginMs - forwardMs
}

/** The server may have noticed the end of the stream this much before its device did. */
const unnoticedMs = 500

/**
 * When the binding may end without anybody's REGISTER: with its stream, which an administrator's act may close as well.
 */
function endOf(history: History, { device, user, lasting, isStream, sentMs, answeredMs }: Registration): number {
  if (lasting || !isStream) return Number.POSITIVE_INFINITY
  const end = history.streamEnds.find((each) => each.device === device && each.atMs >= answeredMs)
  const act = history.adminActs.find((each) => each.user === user && (each.repliedMs || each.sentMs) >= sentMs)
  return Math.min(end ? end.atMs - unnoticedMs : Number.POSITIVE_INFINITY, act?.sentMs ?? Number.POSITIVE_INFINITY)
}

/**
 * A device that began anew, with another Call-ID, while its last REGISTER was still on the way: when that comes, its
 * CSeq says nothing (RFC 3261 §10.3), and it is obeyed.
 */
function mayComeLate(earlier: Registration, registration: Registration): boolean {
  const isUnderWay = earlier.status === 0 || earlier.answeredMs >= registration.sentMs
  return earlier.callId !== registration.callId && isUnderWay
}
