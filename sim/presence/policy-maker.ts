/**
 * An administrator of policy: users' own rules, rules between two groups, the default, who is in which group. One act
 * after the other; at the end none is left of which nobody knows what became of it.
 */
import type { AdminRequest, PolicyRequest } from '../../src/ports/admin.ts'
import { serverOwner } from '../../src/ports/records/manifest.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'
import type { History } from '../history.ts'
import type { SimulatedUser } from '../model/simulated-user.ts'
import type { EventQueue } from '../world/event-queue.ts'
import type { Prng } from '../world/prng.ts'
import type { VirtualServer } from '../world/server.ts'
import type { Act } from './possible-values.ts'
import { places } from './rights.ts'

export const groups = ['red', 'blue'] as const
const patienceMs = 15_000

type Request =
  | { readonly kind: 'policy'; readonly aor: Aor; readonly act: PolicyRequest }
  | { readonly kind: 'admin'; readonly aor: Aor; readonly act: AdminRequest }

interface Change {
  readonly place: string
  readonly value: string | null
  readonly request: Request
}

/** Whom it asks: a server, or several as if they were one. */
export interface PolicySurroundings {
  readonly events: EventQueue
  readonly history: History
  readonly server: Pick<VirtualServer, 'ask' | 'askPolicy'>
}

const organisation = serverOwner as Aor

export class PolicyMaker {
  readonly #world: PolicySurroundings
  readonly #random: Prng
  readonly #users: readonly SimulatedUser[]
  /** Places whose last act was not answered with yes. */
  readonly #doubtful = new Map<string, Change>()
  #isAsking = false
  /** What concerns the organisation is left as it is. */
  isOfUsersOnly = false

  constructor(world: PolicySurroundings, random: Prng, users: readonly SimulatedUser[]) {
    this.#world = world
    this.#random = random
    this.#users = users
  }

  get isSettled(): boolean {
    return this.#doubtful.size === 0 && !this.#isAsking
  }

  work(untilMs: number, everyMs: number): void {
    const delayMs = Math.ceil(-Math.log(1 - this.#random.float()) * everyMs)
    if (this.#world.events.nowMs + delayMs >= untilMs) return
    this.#world.events.after(delayMs, () => {
      if (!this.#isAsking) this.#ask(this.#draw())
      this.work(untilMs, everyMs)
    })
  }

  /** Asks again whatever may or may not have been done. To be called until `isSettled`. */
  settle(): void {
    const [change] = this.#doubtful.values()
    if (change && !this.#isAsking) this.#ask(change)
  }

  #ask(change: Change): void {
    const { events, history, server } = this.#world
    const { place, value, request } = change
    const act: Act = { place, value, sentMs: events.nowMs, ok: null, repliedMs: 0, isConfirmed: false }
    history.presence.policyActs.push(act)
    history.trace(events.nowMs, `policy asks ${place}: ${value}`)
    this.#isAsking = true
    this.#doubtful.delete(place)
    this.#doubtful.set(place, change)
    const timer = events.after(patienceMs, () => {
      this.#isAsking = false
    })
    const onReply = (reply: { ok: boolean; unconfirmed?: readonly number[]; error?: string }): void => {
      if (!timer.run) return
      events.cancel(timer)
      this.#isAsking = false
      // Rules that are not there are as good as removed.
      act.ok = reply.ok || reply.error === 'not-found'
      act.repliedMs = events.nowMs
      act.isConfirmed = (reply.unconfirmed ?? []).length === 0
      if (act.ok) this.#doubtful.delete(place)
      history.trace(events.nowMs, `policy hears ${reply.ok ? 'ok' : reply.error} ${reply.unconfirmed ?? ''}`)
    }
    if (request.kind === 'policy') server.askPolicy(request.aor, request.act, onReply)
    else server.ask(request.aor, request.act, onReply)
  }

  #draw(): Change {
    const draw = this.#random.float()
    if (draw < 0.6 || this.isOfUsersOnly) return this.#ownRule()
    if (draw < 0.8) return this.#groupRule()
    return draw < 0.9 ? this.#group() : this.#default()
  }

  #ownRule(): Change {
    const presentity = this.#random.pick(this.#users)
    const watcher = this.#random.pick(this.#users)
    const rule = this.#random.pick(['allow', 'allow', 'block', 'block', 'polite-block', 'confirm', null] as const)
    const act = { act: 'set-user-rule', rule, watchers: [watcher.aor] } as const
    const place = places.own(presentity.name, watcher.name)
    return { place, value: rule, request: { kind: 'policy', aor: presentity.aor, act } }
  }

  #groupRule(): Change {
    const from = this.#random.pick(groups)
    const to = this.#random.pick(groups)
    const see = this.#random.pick(['allow', 'prompt', 'forbid', null] as const)
    const act: PolicyRequest =
      see === null ? { act: 'remove-rule', from, to } : { act: 'put-rule', rule: { from, to, see, message: null } }
    return { place: places.rule(from, to), value: see, request: { kind: 'policy', aor: organisation, act } }
  }

  #group(): Change {
    const user = this.#random.pick(this.#users)
    const group = this.#random.pick([...groups, null])
    const act: AdminRequest = {
      act: 'change-groups',
      add: group === null ? [] : [group],
      remove: groups.filter((each) => each !== group),
    }
    return { place: places.group(user.name), value: group, request: { kind: 'admin', aor: user.aor, act } }
  }

  #default(): Change {
    const value = this.#random.pick(['open', 'open', 'prompt', 'closed'] as const)
    const act = { act: 'set-default', default: value } as const
    return { place: places.default, value, request: { kind: 'policy', aor: organisation, act } }
  }
}
