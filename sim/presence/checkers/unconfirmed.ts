/**
 * Of somebody whose worker is gone the last state is told for 30 s, and after that that it is unknown, until there is
 * another (docs/presence.md).
 */
import type { Checker } from '../../checkers/checker.ts'

const standsMs = 30_000

export const unconfirmed: Checker = {
  name: 'unconfirmed',
  check: ({ presence, graceMs }) =>
    presence.absences.flatMap(({ users, fromMs, untilMs }) =>
      presence.notifies
        .filter(({ sentMs }) => sentMs > fromMs + standsMs + graceMs && sentMs < untilMs)
        .flatMap(({ told, callId, sentMs }) =>
          users
            .filter((user) => told.get(user)?.isUnknown === false)
            .map((user) => {
              const text = `${callId} was told a state of ${user}, whose worker had been gone for ${sentMs - fromMs} ms`
              return { checker: 'unconfirmed', atMs: sentMs, text }
            }),
        ),
    ),
}
