/**
 * Follows all domain controllers and says who may no longer do anything, and who may again. A no is told at once; a yes
 * after the store has let go of the no.
 */
import type { Clock } from '../../ports/clock.ts'
import type { LdapConnection } from '../../ports/ldap.ts'
import type { Log } from '../../ports/log.ts'
import type { Timers, TimerTarget } from '../../ports/timers.ts'
import { ControllerChanges } from './controller-changes.ts'
import { type DenialChanges, Denials, type DeniedBy, type Observation } from './denials.ts'
import type { DirectoryUser } from './directory-user.ts'
import { reasonsAgainst, type SeenUser } from './user-verdict.ts'

export interface FollowerPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  /** Resolves when that is durable. */
  readonly keep: (changes: DenialChanges) => Promise<void>
}

/** One domain controller, asked by a connection that is open and bound, or rejects. */
export interface FollowedController {
  readonly name: string
  ask<T>(question: (connection: LdapConnection) => Promise<T>): Promise<T>
}

export interface FollowerOwner {
  /** Before the users are asked for: what must be known by then. */
  beforePoll?(): Promise<void>
  /** That controller was followed to the end, or not. */
  onPolled?(controller: string, isGood: boolean): void
  /** All of it was told. */
  afterPoll?(): Promise<void>
  /** He was changed in some way; `user` null: he is gone, or is only known to have expired. */
  onChange(guid: string, user: DirectoryUser | null, against: readonly DeniedBy[]): void
}

export interface FollowerOptions {
  readonly controllers: readonly FollowedController[]
  /** Empty for the whole domain of each controller. */
  readonly base: string
  readonly pollMs: number
  /** See `ControllerChanges`. */
  readonly knownBefore?: ReadonlyMap<string, string>
}

interface Followed {
  readonly controller: FollowedController
  readonly changes: ControllerChanges
}

export class ChangeFollower implements TimerTarget {
  readonly #ports: FollowerPorts
  readonly #owner: FollowerOwner
  readonly #followed: readonly Followed[]
  readonly #pollMs: number
  readonly #denials = new Denials()
  #ended = false
  #lastGoodMs: number | null = null

  constructor(ports: FollowerPorts, owner: FollowerOwner, options: FollowerOptions) {
    this.#ports = ports
    this.#owner = owner
    this.#pollMs = options.pollMs
    const base = options.base === '' ? null : options.base
    this.#followed = options.controllers.map((controller) => ({
      controller,
      changes: new ControllerChanges(base, options.knownBefore),
    }))
  }

  /** What was kept is loaded into these before `start`. */
  get denials(): Denials {
    return this.#denials
  }

  /** When a controller was last followed to the end, by the monotonic clock; null: not in this start. */
  get lastGoodMs(): number | null {
    return this.#lastGoodMs
  }

  start(): void {
    this.#ports.timers.set(0, this, 0)
  }

  end(): void {
    this.#ended = true
  }

  onTimer(): void {
    if (this.#ended) return
    void this.poll().finally(() => {
      if (!this.#ended) this.#ports.timers.set(this.#pollMs, this, 0)
    })
  }

  /** Asks all at once; one that does not answer keeps nobody else waiting longer than its deadline. */
  async poll(): Promise<void> {
    await this.#owner.beforePoll?.()
    await Promise.all(this.#followed.map((followed) => this.#pollOne(followed)))
    await this.#owner.afterPoll?.()
  }

  async #pollOne({ controller, changes }: Followed): Promise<void> {
    const { clock, log } = this.#ports
    try {
      const found = await controller.ask((connection) => changes.poll(connection, clock.monotonicMs()))
      const { invocationId, usn } = found
      for (const seen of found.seen) await this.#observe(this.#observation(seen, invocationId), seen)
      for (const guid of found.absent) await this.#observe(gone(guid, invocationId, usn), null)
      for (const guid of changes.expiredBy(clock.systemMs())) await this.#expire(guid, invocationId, usn)
      this.#lastGoodMs = clock.monotonicMs()
      this.#owner.onPolled?.(controller.name, true)
    } catch (error) {
      this.#owner.onPolled?.(controller.name, false)
      log.write('warn', 'directory.not-followed', { controller: controller.name, detail: (error as Error).message })
    }
  }

  #observation(seen: SeenUser, invocationId: string): Observation {
    const { user, usn, versions } = seen
    const against = reasonsAgainst(seen, this.#ports.clock.systemMs())
    return { guid: user.guid, invocationId, usn, against, versions }
  }

  /** His entry has not changed, time has. */
  async #expire(guid: string, invocationId: string, usn: bigint): Promise<void> {
    if (this.#denials.against(guid).includes('expired')) return
    const against: DeniedBy[] = [...this.#denials.against(guid), 'expired']
    await this.#observe({ guid, invocationId, usn, against, versions: new Map() }, null)
  }

  async #observe(observation: Observation, seen: SeenUser | null): Promise<void> {
    const { guid } = observation
    const before = this.#denials.against(guid)
    const changes = this.#denials.observe(observation)
    const against = this.#denials.against(guid)
    const user = seen === null || seen.isDeleted ? null : seen.user
    if (against.length > before.length) this.#tell(guid, user, against)
    if (changes.put.length + changes.lifted.length > 0) await this.#ports.keep(changes)
    if (against.length <= before.length) this.#tell(guid, user, against)
  }

  #tell(guid: string, user: DirectoryUser | null, against: readonly DeniedBy[]): void {
    this.#owner.onChange(guid, user, against)
  }
}

function gone(guid: string, invocationId: string, usn: bigint): Observation {
  return { guid, invocationId, usn, against: ['deleted'], versions: new Map() }
}
