/**
 * Changes contact lists, one after the other, by the administrator's way to documents (`src/xcap/`): who is put on a
 * list or taken off it while it is subscribed to. At the end none is left of which nobody knows what became of it.
 */
import type { DocumentReply, DocumentRequest } from '../../../src/ports/admin.ts'
import type { SimulatedUser } from '../../model/simulated-user.ts'
import type { Prng } from '../../world/prng.ts'
import type { VirtualServer } from '../../world/server.ts'
import type { Surroundings } from '../../world/world.ts'
import type { Act } from '../possible-values.ts'
import { encodeList } from '../watch-target.ts'
import { listPlaces, listValue } from './memberships.ts'

const patienceMs = 15_000
const contacts = { auid: 'resource-lists', name: 'index' } as const

interface Wanted {
  readonly user: SimulatedUser
  readonly members: readonly string[]
}

/** Whom it asks: a server, or several as if they were one. */
export interface ListSurroundings extends Surroundings {
  readonly server: Pick<VirtualServer, 'askDocument'>
}

export class ListMaker {
  readonly #world: ListSurroundings
  readonly #random: Prng
  readonly #users: readonly SimulatedUser[]
  /** Whoever may be on a list: users, and somebody who is none. */
  readonly #names: readonly string[]
  /** Lists whose last change was not answered with yes. */
  readonly #doubtful = new Map<string, Wanted>()
  #isAsking = false

  constructor(world: ListSurroundings, random: Prng, users: readonly SimulatedUser[]) {
    this.#world = world
    this.#random = random
    this.#users = users
    this.#names = [...users.map(({ name }) => name), ghost]
  }

  get isSettled(): boolean {
    return this.#doubtful.size === 0 && !this.#isAsking
  }

  /** Each of them, or not. */
  draw(): readonly string[] {
    return this.#names.filter((name) => this.#random.chance(name === ghost ? 0.2 : 0.6))
  }

  work(untilMs: number, everyMs: number): void {
    const delayMs = Math.ceil(-Math.log(1 - this.#random.float()) * everyMs)
    if (this.#world.events.nowMs + delayMs >= untilMs) return
    this.#world.events.after(delayMs, () => {
      if (!this.#isAsking) this.#change({ user: this.#random.pick(this.#users), members: this.draw() })
      this.work(untilMs, everyMs)
    })
  }

  /** Asks again whatever may or may not have been done. To be called until `isSettled`. */
  settle(): void {
    const [wanted] = this.#doubtful.values()
    if (wanted && !this.#isAsking) this.#change(wanted)
  }

  /** What is there is read first: a change names what it changes. */
  #change(wanted: Wanted): void {
    const { name } = wanted.user
    this.#doubtful.delete(name)
    this.#doubtful.set(name, wanted)
    this.#ask(wanted.user, { act: 'read', ...contacts }, (read) => {
      if (read?.ok) this.#write(wanted, read.document?.etag ?? null)
    })
  }

  #write({ user, members }: Wanted, etag: string | null): void {
    const { events, history } = this.#world
    const place = listPlaces.own(user.name)
    const act: Act = {
      place,
      value: listValue(members),
      sentMs: events.nowMs,
      ok: null,
      repliedMs: 0,
      isConfirmed: true,
    }
    history.presence.listActs.push(act)
    const bytes = encodeList(members, user.domain)
    this.#ask(user, { act: 'write', ...contacts, bytes, etag }, (reply) => {
      if (reply === null) return
      // A change that is unavailable may have been written, or come to light for a moment.
      act.ok = reply.ok ? true : reply.error === 'unavailable' ? null : false
      act.repliedMs = events.nowMs
      if (reply.ok) this.#doubtful.delete(user.name)
    })
  }

  /** Null: nobody answered. */
  #ask(user: SimulatedUser, request: DocumentRequest, onReply: (reply: DocumentReply | null) => void): void {
    const { events, history, server } = this.#world
    history.trace(events.nowMs, `contacts of ${user.name}: ${request.act}`)
    this.#isAsking = true
    const timer = events.after(patienceMs, () => {
      this.#isAsking = false
      onReply(null)
    })
    server.askDocument(user.aor, request, (reply) => {
      if (!timer.run) return
      events.cancel(timer)
      this.#isAsking = false
      history.trace(events.nowMs, `contacts of ${user.name}: ${reply.ok ? 'ok' : reply.error}`)
      onReply(reply)
    })
  }
}

/** An address of this domain that is nobody's. */
export const ghost = 'ghost'
