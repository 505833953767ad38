/**
 * Who is on a list, as the acts on lists in the history have it: a model of its own, beside the server's. Only what is
 * sure is held against anybody.
 */
import type { PresenceHistory, SubscriptionLog } from '../history.ts'
import { PossibleValues } from '../possible-values.ts'

export const listPlaces = {
  own: (user: string): string => `own ${user}`,
  contained: (callId: string): string => `contained ${callId}`,
}

/** The value of an act on a list. */
export function listValue(members: readonly string[]): string {
  return members.join(' ')
}

export class Memberships {
  readonly #values: PossibleValues

  /** Before the first act a list is empty. */
  constructor({ listActs }: PresenceHistory) {
    this.#values = new PossibleValues(listActs)
  }

  /** Those who were on it at every moment of this time, and those who may have been at some. */
  of(subscription: SubscriptionLog, fromMs: number, toMs: number): { sure: Set<string>; possible: Set<string> } {
    const { list, watcher, callId } = subscription
    const place = list === 'own' ? listPlaces.own(watcher) : listPlaces.contained(callId)
    const lists = this.#values.of(place, fromMs, toMs).map((value) => (value ?? '').split(' ').filter(Boolean))
    const possible = new Set(lists.flat())
    return { sure: new Set([...possible].filter((each) => lists.every((list) => list.includes(each)))), possible }
  }
}
