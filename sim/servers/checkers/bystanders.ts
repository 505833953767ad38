/**
 * A dead home harms only its own users: what the others write to each other while it is gone is taken as always, or
 * refused by the rules of whom it is for, and whoever writes to one of its users hears in time that he is out of reach.
 */
import type { Checker } from '../../checkers/checker.ts'
import { Rights } from '../../presence/rights.ts'

/** The loss of a home that says nothing is noticed by its links' deadlines. */
const noticedMs = 30_000
/** Of a MESSAGE: the deadline of the server's own transaction, and some. */
const answeredMaxMs = 20_000

export const bystanders: Checker = {
  name: 'bystanders',
  check: ({ presence, messages }) => {
    const rights = new Rights(presence)
    return presence.absences.flatMap(({ users, fromMs, untilMs }) =>
      [...messages.values()]
        .filter(
          ({ sentMs, stream }) => stream !== null && sentMs > fromMs + noticedMs && sentMs < untilMs - answeredMaxMs,
        )
        .filter(({ fromUser }) => !users.includes(fromUser))
        .flatMap(({ id, fromUser, toUser, status, sentMs, answeredMs }) => {
          const isHarmed = users.includes(toUser)
          const isForbidden = status === 403 && !rights.isSurely('allow', fromUser, toUser, sentMs, answeredMs)
          const isFine = isHarmed ? status >= 500 : status === 200 || status === 202 || isForbidden
          if (isFine && answeredMs - sentMs <= answeredMaxMs) return []
          const where = isHarmed ? 'whose home was gone' : 'whose home was there'
          const after = `after ${answeredMs - sentMs} ms`
          const text = `message ${id} of ${fromUser} to ${toUser}, ${where}, was answered ${status} ${after}`
          return [{ checker: 'bystanders', atMs: sentMs, text }]
        }),
    )
  },
}
