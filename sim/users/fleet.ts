/**
 * The devices of some of a run's users, and their script: carries out what is due, whether or not what came before has
 * been answered (open loop), and tells how late it was. Pure: `advance` is called by whoever has the clock, sockets are
 * handed in.
 */
import type { Board } from '../verify/board.ts'
import { Findings } from '../verify/findings.ts'
import { type AnswerLosses, MessageVerifier } from '../verify/message-verifier.ts'
import { PresenceVerifier } from '../verify/presence-verifier.ts'
import type { Action, Script } from '../workload/action.ts'
import type { Context, Dialect } from './context.ts'
import { Device } from './device.ts'
import type { Outside, Recorder } from './outside.ts'
import type { Naming, Population } from './population.ts'
import { Requests } from './requests.ts'
import { ServedRequests } from './served.ts'
import { Wheel } from './wheel.ts'

export type SimTransport = 'udp' | 'tcp' | 'tls' | 'wss'

export interface FleetOptions {
  readonly naming: Naming
  readonly population: Population
  /** This thread's users: from `first` up to `end`, exclusive. */
  readonly first: number
  readonly end: number
  readonly transport: SimTransport
  readonly dialect: Dialect
  readonly runId: string
  readonly seed: number
  readonly speed: number
  readonly outside: Outside
  readonly recorder: Recorder & { lag(us: number): void }
  readonly board: Board
  /** Which answers of devices faults may have taken; nobody knows of any where nothing is said. */
  readonly losses?: AnswerLosses
}

/** Strings of the server that are kept once; beyond so many they are not the same for many. */
const sharedMax = 4096

export class Fleet {
  readonly findings = new Findings()
  readonly #options: FleetOptions
  readonly #messages: MessageVerifier
  readonly #presence: PresenceVerifier
  readonly #requests: Requests
  readonly #served: ServedRequests | null
  readonly #devices: Device[] = []
  /** Index of each user's first device. */
  readonly #firstDevice: Int32Array
  readonly #wheel: Wheel
  readonly #script: Script
  readonly #shared = new Map<string, string>()
  #startUs = Number.POSITIVE_INFINITY
  #onKill: (() => void) | null = null

  constructor(options: FleetOptions) {
    const { population, first, end, outside, recorder, board, seed, runId, transport } = options
    this.#options = options
    this.#messages = new MessageVerifier(board, this.findings, seed, options.losses)
    this.#presence = new PresenceVerifier(board, this.findings)
    const isReliable = transport !== 'udp'
    const nowUs = () => outside.nowUs()
    this.#requests = new Requests({ runId, viaTransport: transport.toUpperCase(), isReliable, recorder, nowUs })
    this.#served = isReliable ? null : new ServedRequests()
    this.#firstDevice = new Int32Array(end - first + 1)
    this.#script = population.script(first, end)
    const context = this.#context()
    for (let user = first; user < end; user++) {
      this.#firstDevice[user - first] = this.#devices.length
      const contacts = population.contactsOf(user)
      for (let number = 0; number < population.devicesOf(user); number++) {
        const manners = population.mannersOf(user, number)
        this.#devices.push(new Device(context, this.#devices.length, user, number, manners, contacts))
      }
    }
    this.#firstDevice[end - first] = this.#devices.length
    this.#wheel = new Wheel(this.#devices.length, outside.nowUs() / 1000)
  }

  get devices(): readonly Device[] {
    return this.#devices
  }

  get messages(): MessageVerifier {
    return this.#messages
  }

  /** Requests without an answer. */
  get underWay(): number {
    return this.#requests.size
  }

  get registered(): number {
    let count = 0
    for (const device of this.#devices) if (device.isRegistered) count++
    return count
  }

  /** Devices that should be there. */
  get wanted(): number {
    let count = 0
    for (const device of this.#devices) if (device.isWanted) count++
    return count
  }

  /** The script is carried out to its end. */
  get isDone(): boolean {
    return this.#script.nextDueMs === Number.POSITIVE_INFINITY
  }

  /** How far behind its plan the fleet is, µs. */
  behindUs(nowUs: number): number {
    return Math.max(0, nowUs - this.#dueUs())
  }

  /** Nothing is to be done before then, µs of the run's clock; what comes from the server is another thing. */
  nextUs(untilModelMs = Number.POSITIVE_INFINITY): number {
    const dueUs = this.#script.nextDueMs > untilModelMs ? Number.POSITIVE_INFINITY : this.#dueUs()
    return Math.min(dueUs, this.#wheel.nextMs * 1000, this.#requests.nextUs)
  }

  /** Devices that should be there and have not done all that being there takes, in words. */
  get unrestored(): readonly string[] {
    return this.#devices.flatMap((device) => {
      const lacking = device.lacking
      return lacking === null ? [] : [`u${device.user} (device ${device.number}) ${lacking}`]
    })
  }

  /** Model time 0 is then. `onKill`: the script wants the server killed. */
  start(startUs: number, onKill: () => void): void {
    this.#startUs = startUs
    this.#onKill = onKill
  }

  /** All that is due by now; to be called every millisecond. */
  advance(nowUs: number, untilModelMs = Number.POSITIVE_INFINITY): void {
    const { recorder } = this.#options
    for (let dueUs = this.#dueUs(); dueUs <= nowUs; dueUs = this.#dueUs()) {
      if (this.#script.nextDueMs > untilModelMs) break
      recorder.lag(this.#options.outside.nowUs() - dueUs)
      this.#carryOut(this.#script.take().action, dueUs)
    }
    this.#wheel.advance(nowUs / 1000, (index) => this.#devices[index]!.onWake(this.#options.outside.nowUs()))
    this.#requests.advance(nowUs)
    this.#served?.advance(nowUs)
  }

  /** A planned fault hits everybody: the server is about to be killed. */
  excuseAll(nowUs: number): void {
    for (const device of this.#devices) device.judge.excuse(nowUs)
  }

  /** Watches that do not show what they should by now. `isLast`: they are violations. */
  countUnconverged(isLast: boolean): number {
    let count = 0
    for (const device of this.#devices) {
      device.forEachWatch((contact, seen) => {
        if (this.#presence.isConverged(contact, seen) !== false) return
        count++
        if (isLast) this.#presence.notConverged(device.user, contact, seen)
      })
    }
    return count
  }

  /** A device that should be there is not, long after the last fault. */
  notRestored(words: string): void {
    this.findings.found('notConverged', words)
  }

  end(): void {
    for (const device of this.#devices) device.abandon()
  }

  #dueUs(): number {
    return this.#startUs + (this.#script.nextDueMs * 1000) / this.#options.speed
  }

  #carryOut(action: Action, dueUs: number): void {
    switch (action.kind) {
      case 'sign-in':
        return this.#deviceOf(action.user, action.device)?.signIn(dueUs, action.wrongPassword === true)
      case 'sign-out':
        return this.#deviceOf(action.user, action.device)?.signOut(dueUs)
      case 'publish':
        return this.#deviceOf(action.user, action.device)?.show(action.shown, dueUs)
      case 'open-session':
        return this.#speaker(action.user)?.talking.openSession(action.to, action.talk, dueUs)
      case 'close-session':
        return this.#speaker(action.user, action.talk, action.to)?.talking.closeSession(action.to, action.talk, dueUs)
      case 'message': {
        const { to, talk, bodyBytes } = action
        return this.#speaker(action.user, talk, to)?.talking.say({ to, talk, dueUs, bodyBytes, typing: null })
      }
      case 'typing': {
        const { to, talk, active } = action
        return this.#speaker(action.user, talk, to)?.talking.say({ to, talk, dueUs, bodyBytes: 0, typing: active })
      }
      case 'lose-flow':
        return this.#deviceOf(action.user, action.device)?.loseFlow((action.forMs * 1000) / this.#options.speed)
      case 'poll':
        return this.#deviceOf(action.user, action.device)?.poll(action.contact, dueUs)
      case 'kill-server':
        return this.#onKill?.()
    }
  }

  #deviceOf(user: number, number: number): Device | undefined {
    const at = this.#firstDevice[user - this.#options.first]
    return at === undefined ? undefined : this.#devices[at + number]
  }

  /** The device at which the user speaks: where the conversation is, else the first that is there. */
  #speaker(user: number, talk = -1, peer = -1): Device | undefined {
    const devices = this.#devicesOf(user)
    const speaker =
      devices.find((device) => device.talking.hasSession(talk, peer)) ?? devices.find((device) => device.isRegistered)
    if (!speaker) this.#options.recorder.count('silent.offline')
    return speaker
  }

  #devicesOf(user: number): readonly Device[] {
    const at = user - this.#options.first
    return this.#devices.slice(this.#firstDevice[at], this.#firstDevice[at + 1])
  }

  #context(): Context {
    const { naming, transport, dialect, runId, seed, speed, outside, recorder, board } = this.#options
    return {
      naming,
      viaTransport: transport.toUpperCase(),
      uriTransport: transport === 'udp' ? '' : `;transport=${transport === 'wss' ? 'ws' : transport}`,
      dialect,
      runId,
      seed,
      speed,
      refreshAfter: (usualSeconds) =>
        this.#isSettling() ? Math.max(1, usualSeconds * outside.random()) : usualSeconds,
      outside,
      requests: this.#requests,
      served: this.#served,
      recorder,
      board,
      messages: this.#messages,
      presence: this.#presence,
      wakeAt: (device, atUs) => this.#wheel.set(device, atUs / 1000),
      answeringDevice: (user) => this.#devicesOf(user).find((device) => device.isRegistered)?.number ?? -1,
      shared: (text) => this.#share(text),
    }
  }

  #isSettling(): boolean {
    const { population, outside, speed } = this.#options
    return outside.nowUs() < this.#startUs + (population.settlingMs * 1_000) / speed
  }

  #share(text: string): string {
    const known = this.#shared.get(text)
    if (known !== undefined) return known
    const own = Buffer.from(text, 'latin1').toString('latin1')
    if (this.#shared.size < sharedMax) this.#shared.set(own, own)
    return own
  }
}
