/**
 * Who has been told of which change, when, and in how many NOTIFYs: read from the notes in the documents. A change is
 * told when it, or a newer one of the same user, has come.
 */
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'

interface Change {
  readonly by: number
  /** When it should have been sent: what the sender is late counts. */
  readonly dueMs: number
}

export class Sightings {
  /** From the moment at which a change was due, in milliseconds. */
  readonly latenciesMs: number[] = []
  /** NOTIFYs that told a change (some told several), and those that told only what was known. */
  telling = 0
  repeating = 0
  /** That told neither: of users who came or went. */
  other = 0
  /** The whole list, and what is no list. */
  full = 0
  own = 0
  readonly #users: number
  readonly #changes: Change[] = []
  /** The newest change of each user, and the newest that each watcher has been told of it, by `#pair`. */
  readonly #newest = new Map<number, number>()
  readonly #seen = new Map<number, number>()

  constructor(users: number) {
    this.#users = users
  }

  get notifies(): number {
    return this.telling + this.repeating + this.other + this.full + this.own
  }

  /** Returns the note that it must have. */
  expect(by: number, dueMs: number): string {
    this.#newest.set(by, this.#changes.length)
    return `change ${this.#changes.push({ by, dueMs }) - 1}`
  }

  read(watcher: number, notify: SipMessage, nowMs: number): void {
    if (!notify.first(HeaderId.contentType)?.startsWith('multipart/related')) {
      this.own++
      return
    }
    const text = notify.body.toString('latin1')
    const isFull = text.includes('fullState="true"')
    const notes = [...text.matchAll(/>change (\d+)</g)].map(([, number]) => Number(number))
    const news = notes.filter((number) => this.#isNew(watcher, number))
    if (isFull) this.full++
    else if (news.length > 0) this.telling++
    else if (notes.length > 0) this.repeating++
    else this.other++
    // A whole list is asked for by its watcher; when it was due is another question.
    if (!isFull) for (const number of news) this.latenciesMs.push(nowMs - this.#changes[number]!.dueMs)
  }

  /** Pairs of a watcher and a user whose newest change has not been told. */
  untold(watchersOf: (user: number) => readonly number[]): number {
    let count = 0
    for (const [user, newest] of this.#newest) {
      for (const watcher of watchersOf(user)) if (this.#seen.get(this.#pair(watcher, user)) !== newest) count++
    }
    return count
  }

  #isNew(watcher: number, number: number): boolean {
    const pair = this.#pair(watcher, this.#changes[number]!.by)
    if ((this.#seen.get(pair) ?? -1) >= number) return false
    this.#seen.set(pair, number)
    return true
  }

  #pair(watcher: number, user: number): number {
    return watcher * this.#users + user
  }
}
