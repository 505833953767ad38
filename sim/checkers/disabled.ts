/**
 * A disabled user is cut off: nothing of his is accepted, and nobody's message is accepted for or sent to him, from a
 * second after the administrator was told so until he may have been enabled again.
 */
import type { History } from '../history.ts'
import { cutOffs } from './accounts.ts'
import type { Checker, Violation } from './checker.ts'

export const disabled: Checker = {
  name: 'disabled',
  check: (history) =>
    cutOffs(history, 'disable', ['enable', 'remove', 'add']).flatMap(({ user, fromMs, untilMs }) => {
      const isWithin = (startMs: number, endMs: number): boolean =>
        startMs > fromMs + history.graceMs && endMs < untilMs
      return [...requests(history, user, isWithin), ...arrivals(history, user, isWithin)]
    }),
}

type Within = (startMs: number, endMs: number) => boolean

function requests(history: History, user: string, isWithin: Within): Violation[] {
  const registrations = history.registrations
    .filter((each) => each.user === user && each.status === 200 && isWithin(each.sentMs, each.answeredMs))
    .map((each) => violation(each.answeredMs, `a REGISTER of ${each.device} was answered 200`))
  const messages = [...history.messages.values()]
    .filter(({ fromUser, toUser }) => fromUser === user || toUser === user)
    .filter(({ status, submittedMs, answeredMs }) => status >= 200 && status < 300 && isWithin(submittedMs, answeredMs))
    .map(({ id, status, answeredMs }) =>
      violation(answeredMs, `message ${id} was answered ${status} while ${user} was disabled`),
    )
  return [...registrations, ...messages]
}

function arrivals(history: History, user: string, isWithin: Within): Violation[] {
  return history.arrivals
    .filter((arrival) => arrival.toUser === user && isWithin(arrival.firstSentMs, arrival.atMs))
    .map(({ atMs, id }) => violation(atMs, `message ${id} was sent to ${user}, who was disabled`))
}

function violation(atMs: number, text: string): Violation {
  return { checker: 'disabled', atMs, text }
}
