/**
 * P2: what was removed does not come back. A Contact whose removal was answered 200 is neither sent to nor listed
 * until its device registers again; a removed account neither acts nor is reached until it is added again.
 */
import type { Arrival, History, Registration } from '../history.ts'
import { cutOffs } from './accounts.ts'
import type { Checker, Violation } from './checker.ts'

export const resurrected: Checker = {
  name: 'resurrected',
  check: (history) => [...removedBindings(history), ...removedAccounts(history)],
}

function removedBindings(history: History): Violation[] {
  return history.registrations
    .filter(({ act, status }) => act === 'remove' && status === 200)
    .flatMap((removal) => {
      const next = history.registrations.find(
        ({ device, sentMs }) => device === removal.device && sentMs > removal.sentMs,
      )
      const untilMs = next?.sentMs ?? Number.POSITIVE_INFINITY
      return [...reached(history, removal, untilMs), ...listed(history, removal, untilMs)]
    })
}

function reached(history: History, removal: Registration, untilMs: number): Violation[] {
  return history.arrivals
    .filter((arrival) => arrival.device === removal.device && isBetween(history, arrival, removal.answeredMs, untilMs))
    .map(({ atMs, id }) =>
      violation(atMs, `message ${id} was sent to ${removal.device}, which had signed out at ${removal.answeredMs} ms`),
    )
}

function listed(history: History, removal: Registration, untilMs: number): Violation[] {
  const { user, device, answeredMs, contact: removed } = removal
  return history.registrations
    .filter(
      (each) => each.user === user && each.status === 200 && each.sentMs > answeredMs && each.answeredMs < untilMs,
    )
    .filter((each) => each.listed.some((contact) => contact.startsWith(`<${removed}>`)))
    .map((each) =>
      violation(each.answeredMs, `the Contact of ${device} is listed, which had signed out at ${answeredMs} ms`),
    )
}

function removedAccounts(history: History): Violation[] {
  return cutOffs(history, 'remove', ['add']).flatMap(({ user, fromMs, untilMs }) => [
    ...history.arrivals
      .filter((arrival) => arrival.toUser === user && isBetween(history, arrival, fromMs, untilMs))
      .map(({ atMs, id }) =>
        violation(atMs, `message ${id} was sent to ${user}, who had been removed at ${fromMs} ms`),
      ),
    ...[...history.messages.values()]
      .filter(({ toUser, fromUser }) => toUser === user || fromUser === user)
      .filter(
        ({ status, sentMs, answeredMs }) =>
          status >= 200 && status < 300 && sentMs > fromMs + history.graceMs && answeredMs < untilMs,
      )
      .map(({ id, status, answeredMs }) =>
        violation(answeredMs, `message ${id} was answered ${status}; ${user} had been removed at ${fromMs} ms`),
      ),
  ])
}

function isBetween(history: History, arrival: Arrival, fromMs: number, untilMs: number): boolean {
  return arrival.firstSentMs > fromMs + history.graceMs && arrival.atMs < untilMs
}

function violation(atMs: number, text: string): Violation {
  return { checker: 'resurrected', atMs, text }
}
