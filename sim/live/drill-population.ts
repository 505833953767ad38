/**
 * An even, small population for trying the driver out: everybody knows the next few, signs in at an even pace, writes
 * to contacts in turn, changes state now and then. The model of real users is `../workload/`; this one is for tests
 * and for the dry run, where every number is known beforehand.
 */
import type { Population } from '../users/population.ts'
import type { DeviceManners, DueAction, Script } from '../workload/action.ts'
import { ListScript } from '../workload/list-script.ts'

export interface DrillPlan {
  readonly kind: 'drill'
  readonly users: number
  readonly devices: number
  readonly contacts: number
  readonly signInPerSecond: number
  /** From the end of the sign-ins on. */
  readonly workMs: number
  /** Of each user, and of all. */
  readonly messagesPerSecond: number
  readonly publishesPerSecond: number
  readonly flowLossesPerSecond: number
  readonly sessions: boolean
  readonly lists: boolean
  readonly signOut: boolean
  readonly expiresSeconds: number
  readonly extraPackages: readonly string[]
  /** Model time of a kill of the server; null: none. */
  readonly killAtMs: number | null
}

export const drillPlan: DrillPlan = {
  kind: 'drill',
  users: 40,
  devices: 1,
  contacts: 4,
  signInPerSecond: 40,
  workMs: 6_000,
  messagesPerSecond: 20,
  publishesPerSecond: 10,
  flowLossesPerSecond: 0,
  sessions: false,
  lists: true,
  signOut: false,
  expiresSeconds: 3600,
  extraPackages: [],
  killAtMs: null,
}

/** After the last sign-in, and before the end: everybody is there, every conversation is over. */
const settleMs = 2_000
const restMs = 1_000

const states = ['available', 'busy', 'away', 'in-meeting'] as const

export class DrillPopulation implements Population {
  readonly #plan: DrillPlan

  constructor(plan: DrillPlan) {
    this.#plan = plan
  }

  get users(): number {
    return this.#plan.users
  }

  devicesOf(): number {
    return this.#plan.devices
  }

  contactsOf(user: number): Uint32Array {
    const { users, contacts } = this.#plan
    const count = Math.min(contacts, users - 1)
    return Uint32Array.from({ length: count }, (_, index) => (user + 1 + index) % users).sort()
  }

  get settlingMs(): number {
    return 0
  }

  mannersOf(user: number): DeviceManners {
    const { expiresSeconds, lists, extraPackages } = this.#plan
    return {
      expiresSeconds,
      refreshAt: 0.8 + 0.15 * ((user % 16) / 16),
      keepAliveMs: 95_000 + (user % 26) * 1_000,
      lists,
      extraPackages,
      clockErrorMs: 0,
      reconnectAfterMs: (failures) => Math.min(30_000, 250 * 2 ** failures),
    }
  }

  script(first: number, end: number): Script {
    const actions = [...this.#all()].filter(({ action }) => {
      return action.kind === 'kill-server' ? first === 0 : action.user >= first && action.user < end
    })
    return new ListScript(actions.sort((one, other) => one.dueMs - other.dueMs))
  }

  *#all(): Generator<DueAction> {
    const { users, devices, signInPerSecond, workMs, signOut, killAtMs } = this.#plan
    const signedInMs = (users / signInPerSecond) * 1000
    for (let user = 0; user < users; user++) {
      for (let device = 0; device < devices; device++) {
        yield { dueMs: (user / signInPerSecond) * 1000, action: { kind: 'sign-in', user, device } }
        if (signOut && user % 2 === 1) yield { dueMs: signedInMs + workMs, action: { kind: 'sign-out', user, device } }
      }
    }
    if (killAtMs !== null) yield { dueMs: killAtMs, action: { kind: 'kill-server' } }
    yield* this.#talks(signedInMs + settleMs, workMs - settleMs - restMs)
    yield* this.#changes(signedInMs + settleMs, workMs - settleMs - restMs)
  }

  *#talks(fromMs: number, forMs: number): Generator<DueAction> {
    const { users, messagesPerSecond, sessions } = this.#plan
    const count = Math.floor((messagesPerSecond * forMs) / 1000)
    for (let talk = 0; talk < count; talk++) {
      const dueMs = fromMs + (talk / messagesPerSecond) * 1000
      const user = (talk * 7) % users
      const to = (user + 1 + (talk % 3)) % users
      if (to === user) continue
      if (sessions) yield { dueMs: dueMs - 100, action: { kind: 'open-session', user, to, talk } }
      yield { dueMs: dueMs - 50, action: { kind: 'typing', user, to, talk, active: true } }
      yield { dueMs, action: { kind: 'message', user, to, talk, bodyBytes: 60 + ((talk * 37) % 900) } }
      yield { dueMs: dueMs + 150, action: { kind: 'message', user: to, to: user, talk, bodyBytes: 120 } }
      if (sessions) yield { dueMs: dueMs + 400, action: { kind: 'close-session', user, to, talk } }
    }
  }

  *#changes(fromMs: number, forMs: number): Generator<DueAction> {
    const { users, publishesPerSecond, flowLossesPerSecond } = this.#plan
    const count = Math.floor((publishesPerSecond * forMs) / 1000)
    for (let change = 0; change < count; change++) {
      const user = (change * 11) % users
      const shown = { cause: 'manual', state: states[change % states.length]! } as const
      yield {
        dueMs: fromMs + (change / publishesPerSecond) * 1000,
        action: { kind: 'publish', user, device: 0, shown },
      }
    }
    const losses = Math.floor((flowLossesPerSecond * forMs) / 1000)
    for (let loss = 0; loss < losses; loss++) {
      const user = (loss * 13) % users
      yield {
        dueMs: fromMs + (loss / flowLossesPerSecond) * 1000,
        action: { kind: 'lose-flow', user, device: 0, forMs: 300 },
      }
    }
  }
}
