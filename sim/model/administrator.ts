/**
 * An administrator who disables, enables, removes and adds one unlucky user, and changes passwords. At the end
 * everybody is there and enabled again, so that what was promised to them can arrive.
 */
import type { AdminRequest } from '../../src/ports/admin.ts'
import type { AdminAct } from '../history.ts'
import type { Prng } from '../world/prng.ts'
import type { World } from '../world/world.ts'
import type { SimulatedUser } from './simulated-user.ts'

const askAgainMs = 15_000

export class Administrator {
  readonly #world: World
  readonly #random: Prng
  readonly #realm: string

  constructor(world: World, random: Prng, realm: string) {
    this.#world = world
    this.#random = random
    this.#realm = realm
  }

  work(users: readonly SimulatedUser[], untilMs: number, everyMs: number): void {
    const user = this.#random.pick(users)
    const planNext = (): void => {
      const delayMs = Math.ceil(-Math.log(1 - this.#random.float()) * everyMs)
      if (this.#world.events.nowMs + delayMs >= untilMs) return
      this.#world.events.after(delayMs, () => {
        this.#act(user, this.#random.pick(['disable', 'enable', 'remove', 'add', 'set-password']))
        planNext()
      })
    }
    planNext()
  }

  /** Asks until each is there, enabled, with the password that the devices know. */
  restoreAll(users: readonly SimulatedUser[]): void {
    for (const user of users) this.#ensure(user, ['add', 'enable', 'set-password'])
  }

  #ensure(user: SimulatedUser, acts: readonly AdminAct['act'][]): void {
    const [act, ...others] = acts
    if (!act) return
    let isDone = false
    this.#act(user, act, () => {
      if (isDone) return
      isDone = true
      this.#ensure(user, others)
    })
    this.#world.events.after(askAgainMs, () => {
      if (isDone) return
      isDone = true
      this.#ensure(user, acts)
    })
  }

  #act(user: SimulatedUser, act: AdminAct['act'], then?: () => void): void {
    const { events, history, server } = this.#world
    const record: AdminAct = { user: user.name, act, sentMs: events.nowMs, ok: null, repliedMs: 0 }
    history.adminActs.push(record)
    history.trace(events.nowMs, `administrator asks to ${act} ${user.name}`)
    const password = act === 'set-password' ? `${user.password}!` : user.password
    server.ask(user.aor, this.#request(user, act, password), (reply) => {
      record.ok = reply.ok
      record.repliedMs = events.nowMs
      history.trace(events.nowMs, `administrator hears ${reply.ok ? 'ok' : reply.error}`)
      if (reply.ok) user.password = password
      if (reply.ok || reply.error !== 'unavailable') then?.()
    })
  }

  #request(user: SimulatedUser, act: AdminAct['act'], password: string): AdminRequest {
    const secrets = user.secrets(this.#realm, password)
    switch (act) {
      case 'remove':
        return { act: 'remove' }
      case 'add':
        return { act: 'add', displayName: user.name, aliases: [], groups: [], secrets, disabled: false }
      case 'disable':
      case 'enable':
        return { act: 'set-disabled', disabled: act === 'disable' }
      case 'set-password':
        return { act: 'set-password', secrets }
    }
  }
}
