/**
 * The ids of messages that a user agent has shown: a server that did not hear our answer brings a message again, and
 * nobody wants to read it twice. Bounded; the oldest are forgotten first.
 */
import { seenMessagesMax } from './limits.ts'

export class SeenMessages {
  /** In the order of arrival. */
  readonly #ids = new Set<string>()

  constructor(ids: readonly string[]) {
    for (const id of ids) this.add(id)
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string): void {
    this.#ids.add(id)
    if (this.#ids.size > seenMessagesMax) this.#ids.delete(this.#ids.values().next().value!)
  }
}
