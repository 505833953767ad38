/**
 * What was found of users, with its age. It answers while every catalog is silent, and says so: what needs a fresh yes
 * is not granted by it.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { FoundUser } from './find-user.ts'

export interface CachedAnswer {
  readonly answer: FoundUser
  readonly ageMs: number
}

interface Entry {
  readonly answer: FoundUser
  readonly atMs: number
}

const entriesMax = 200_000

export class UserCache {
  /** Oldest first. */
  readonly #entries = new Map<Aor, Entry>()

  get(aor: Aor, nowMs: number): CachedAnswer | null {
    const entry = this.#entries.get(aor)
    return entry ? { answer: entry.answer, ageMs: nowMs - entry.atMs } : null
  }

  put(aor: Aor, answer: FoundUser, nowMs: number): void {
    this.#entries.delete(aor)
    this.#entries.set(aor, { answer, atMs: nowMs })
    if (this.#entries.size > entriesMax) this.#entries.delete(this.#entries.keys().next().value!)
  }

  /** A change of that user was seen: what was found under any of his names is not to be used again. */
  dropUser(guid: string): void {
    for (const [aor, { answer }] of this.#entries) {
      const users = answer.found === 'user' ? [answer.user] : answer.found === 'duplicate' ? answer.users : []
      if (users.some((user) => user.guid === guid)) this.#entries.delete(aor)
    }
  }
}
