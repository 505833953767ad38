/**
 * The list that a device brings along with its SUBSCRIBE (RFC 5367): sent with the first one, and again with a refresh
 * when others are on it, or when it is not known what became of it.
 */
import type { PresenceHistory } from '../history.ts'
import type { Act } from '../possible-values.ts'
import { encodeList } from '../watch-target.ts'
import { listPlaces, listValue } from './memberships.ts'

/** A list that goes with a request. */
export interface Brought {
  readonly body: Uint8Array
  answered(status: number, atMs: number): void
}

export class ContainedLists {
  readonly #history: PresenceHistory
  readonly #domain: string
  #members: readonly string[] = []
  /** By Call-ID: what the server surely has. */
  readonly #held = new Map<string, string>()

  constructor(history: PresenceHistory, domain: string) {
    this.#history = history
    this.#domain = domain
  }

  /** User parts of their addresses. */
  set(members: readonly string[]): void {
    this.#members = members
  }

  /** Null: the server has it already. */
  bring(callId: string, isNeeded: boolean, nowMs: number): Brought | null {
    const value = listValue(this.#members)
    if (!isNeeded && this.#held.get(callId) === value) return null
    const place = listPlaces.contained(callId)
    const act: Act = { place, value, sentMs: nowMs, ok: null, repliedMs: 0, isConfirmed: true }
    this.#history.listActs.push(act)
    this.#held.delete(callId)
    return {
      body: encodeList(this.#members, this.#domain),
      answered: (status, atMs) => {
        // What was refused may have been read again since, and what was not answered may be carried out yet.
        if (status < 200 || status >= 300) return
        act.ok = true
        act.repliedMs = atMs
        this.#held.set(callId, value)
      },
    }
  }
}
