/**
 * The users of a recording: who they were, whom they had to do with, and what they did, as the model's users are for a
 * workload. How a device behaves by itself is not recorded; it is drawn as for any other run.
 */
import { readFileSync } from 'node:fs'
import { readRecording } from '../replay/recording.ts'
import { contactsOf, devicesOf, replayActions, replayScript } from '../replay/replay-script.ts'
import type { Population } from '../users/population.ts'
import type { DeviceManners, Script } from '../workload/action.ts'
import { deviceManners } from '../workload/manners.ts'
import type { Parameters } from '../workload/parameters.ts'

export interface ReplayPlan {
  readonly kind: 'replay'
  /** Of `meridian traffic record`; each thread reads it. */
  readonly file: string
  readonly parameters: Parameters
  readonly seed: number
}

export class ReplayPopulation implements Population {
  readonly #plan: ReplayPlan
  readonly #recording: ReturnType<typeof readRecording>
  readonly #actions: ReturnType<typeof replayActions>
  readonly #contacts: readonly (readonly number[])[]
  readonly #devices: readonly number[]

  /** Throws `UnreadableRecording`, or what the file system says. */
  constructor(plan: ReplayPlan) {
    this.#plan = plan
    this.#recording = readRecording(readFileSync(plan.file, 'utf8'))
    this.#actions = replayActions(this.#recording)
    this.#contacts = contactsOf(this.#recording)
    this.#devices = devicesOf(this.#actions, this.#recording.usersCount)
  }

  get users(): number {
    return this.#recording.usersCount
  }

  get durationMs(): number {
    return this.#recording.durationMs
  }

  get isCutShort(): boolean {
    return this.#recording.isCutShort
  }

  devicesOf(user: number): number {
    return this.#devices[user]!
  }

  contactsOf(user: number): Uint32Array {
    return Uint32Array.from(this.#contacts[user]!).sort()
  }

  get settlingMs(): number {
    return 0
  }

  mannersOf(user: number, device: number): DeviceManners {
    return deviceManners(this.#plan.parameters, this.#plan.seed, user, device)
  }

  script(first: number, end: number): Script {
    return replayScript(this.#actions, { from: first, to: end })
  }
}
