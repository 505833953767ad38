/**
 * What several checkers must know of accounts: when an administrator's act began and when it was known to hold.
 */
import type { AdminAct, History } from '../history.ts'

export function wasRemoved(history: History, user: string): boolean {
  return history.adminActs.some((act) => act.user === user && act.act === 'remove' && act.ok !== false)
}

/** A time in which an account was surely without rights, by one kind of act. */
export interface CutOff {
  readonly user: string
  readonly fromMs: number
  readonly untilMs: number
}

/** From the answer to the act (and a second for its flows) to the next act that may give rights back. */
export function cutOffs(history: History, by: AdminAct['act'], endedBy: readonly AdminAct['act'][]): CutOff[] {
  return history.adminActs
    .filter((act) => act.act === by && act.ok === true)
    .map((act) => {
      const next = history.adminActs.find(
        (each) => each.user === act.user && each.sentMs >= act.sentMs && endedBy.includes(each.act),
      )
      // An earlier act that may still be under way could be carried out after this one.
      const isClouded = history.adminActs.some(
        (each) =>
          each.user === act.user &&
          each !== act &&
          each.sentMs < act.repliedMs &&
          (each.ok === null || each.repliedMs > act.sentMs),
      )
      return { user: act.user, fromMs: act.repliedMs, untilMs: isClouded ? 0 : (next?.sentMs ?? history.endedMs) }
    })
}
