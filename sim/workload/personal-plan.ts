/**
 * What users do by themselves, whoever else is there: sign in and out, change their state, lose their connection, poll.
 * One next moment and one counter for each user and process; all else is drawn anew from its stream when it is due.
 */
import type { ShownState } from './action.ts'
import { exponential } from './distributions.ts'
import type { Emitter } from './emitter.ts'
import { Meetings } from './meetings.ts'
import { OnAndOff } from './on-and-off.ts'
import type { Partners } from './partners.ts'
import type { Storm } from './plan.ts'
import type { Population } from './population.ts'
import { Stream } from './random.ts'
import { RateCurve } from './rate-curve.ts'
import type { Sessions } from './sessions.ts'
import type { Workload } from './workload.ts'

const processes = { sign: 0, idle: 1, meeting: 2, call: 3, manual: 4, loss: 5, poll: 6, storm: 7 } as const
type Process = (typeof processes)[keyof typeof processes]
const processCount = 8

const flags = { idle: 1, meeting: 2, call: 4, busy: 8, doNotDisturb: 16, signedIn: 32 } as const

/** Between the first device of a user and each further one, milliseconds. */
const nextDeviceMs = [2_000, 30_000] as const
const retryPasswordMs = 8_000
const notes = ['back at four', 'at the customer’s', 'on a train', 'please write, do not call'] as const

type PresenceStorm = Storm & { readonly kind: 'presence' }

export interface PersonalPlanOptions {
  readonly workload: Workload
  readonly population: Population
  readonly sessions: Sessions
  readonly partners: Partners
  readonly seed: number
  readonly users: readonly [number, number]
}

export class PersonalPlan {
  readonly #options: PersonalPlanOptions
  readonly #from: number
  readonly #due: Float64Array
  readonly #turn: Uint32Array
  readonly #flags: Uint8Array
  readonly #meetingSlot: Int32Array
  readonly #meetingEnd: Float64Array
  readonly #activity: RateCurve
  readonly #idle: OnAndOff
  readonly #call: OnAndOff
  readonly #meetings: Meetings
  readonly #storms: readonly PresenceStorm[]
  readonly #random: Stream

  constructor(options: PersonalPlanOptions) {
    const { workload, seed, users } = options
    const { parameters, plan } = workload
    const { presenceScale: scale } = parameters
    this.#options = options
    this.#from = users[0]
    const count = users[1] - users[0]
    this.#due = new Float64Array(count * processCount).fill(Infinity)
    this.#turn = new Uint32Array(count * processCount)
    this.#flags = new Uint8Array(count)
    this.#meetingSlot = new Int32Array(count)
    this.#meetingEnd = new Float64Array(count)
    this.#activity = RateCurve.ofHours(plan.activity)
    const { idlePerHour, idleMinutes, idleSigma, callChangesPerHour, callMinutes, callSigma } = parameters
    this.#idle = new OnAndOff(seed, 'idle', this.#activity, scale * idlePerHour, idleMinutes * 60_000, idleSigma)
    const callsPerHour = (scale * callChangesPerHour) / 2
    this.#call = new OnAndOff(seed, 'call', this.#activity, callsPerHour, callMinutes * 60_000, callSigma)
    const meetingsPerHour = (scale * parameters.meetingChangesPerHour) / 2
    this.#meetings = new Meetings(seed, this.#activity, meetingsPerHour, parameters.meetingJitterSeconds)
    this.#storms = plan.storms.filter((storm) => storm.kind === 'presence')
    this.#random = new Stream(seed, 'manual')
    for (let user = users[0]; user < users[1]; user++) this.#begin(user)
  }

  /** When this user is due next. */
  dueMs(user: number): number {
    const at = (user - this.#from) * processCount
    let due = Infinity
    for (let process = 0; process < processCount; process++) due = Math.min(due, this.#due[at + process]!)
    return due
  }

  /** Does what is due for this user now, one thing. */
  step(user: number, emitter: Emitter): void {
    const at = (user - this.#from) * processCount
    let process: Process = processes.sign
    for (const each of Object.values(processes)) if (this.#due[at + each]! < this.#due[at + process]!) process = each
    const dueMs = this.#due[at + process]!
    const turn = ++this.#turn[at + process]!
    this.#due[at + process] = this.#run(process, user, turn, dueMs, emitter)
  }

  #begin(user: number): void {
    const { sessions } = this.#options
    const at = (user - this.#from) * processCount
    this.#due[at + processes.sign] = sessions.sessionAt(user, 0)?.inMs ?? Infinity
    const idle = this.#idle.begin(user)
    this.#setFlag(user, flags.idle, idle.isOn)
    this.#due[at + processes.idle] = idle.dueMs
    const call = this.#call.begin(user)
    this.#setFlag(user, flags.call, call.isOn)
    this.#due[at + processes.call] = call.dueMs
    this.#due[at + processes.meeting] = this.#beginMeetings(user)
    this.#due[at + processes.manual] = this.#nextManual(user, 0, 0)
    this.#due[at + processes.loss] = this.#nextLoss(user, 0, 0)
    this.#due[at + processes.poll] = this.#nextPoll(user, 0, 0)
    this.#due[at + processes.storm] = this.#nextStorm(user, 0)
  }

  #run(process: Process, user: number, turn: number, dueMs: number, emitter: Emitter): number {
    switch (process) {
      case processes.sign:
        return this.#sign(user, dueMs, emitter)
      case processes.idle:
        return this.#comeOrGo(user, turn, dueMs, emitter, this.#idle, flags.idle, ['idle', 'back'])
      case processes.call:
        return this.#comeOrGo(user, turn, dueMs, emitter, this.#call, flags.call, ['call-begins', 'call-ends'])
      case processes.meeting:
        return this.#meet(user, dueMs, emitter)
      case processes.manual:
        return this.#changeByHand(user, turn, dueMs, emitter)
      case processes.loss:
        return this.#loseFlow(user, turn, dueMs, emitter)
      case processes.poll:
        return this.#poll(user, turn, dueMs, emitter)
      case processes.storm:
        this.#publish(user, dueMs, emitter, { cause: 'meeting-begins', state: 'in-meeting' })
        return this.#nextStorm(user, turn)
    }
  }

  #sign(user: number, dueMs: number, emitter: Emitter): number {
    const { sessions, population } = this.#options
    const devices = population.devices[user]!
    if (this.#hasFlag(user, flags.signedIn)) {
      this.#setFlag(user, flags.signedIn, false)
      for (let device = 0; device < devices; device++) emitter.emit(dueMs, { kind: 'sign-out', user, device })
      return sessions.sessionAt(user, dueMs)?.inMs ?? Infinity
    }
    const { outMs, turn } = sessions.sessionAt(user, dueMs)!
    const random = this.#random.rekey(this.#options.seed, 'device', user, 16 + turn)
    this.#setFlag(user, flags.signedIn, true)
    const isWrong = turn > 0 && random.chance(this.#options.workload.parameters.wrongPasswordShare)
    if (isWrong) emitter.emit(dueMs, { kind: 'sign-in', user, device: 0, wrongPassword: true })
    let nextMs = isWrong ? dueMs + retryPasswordMs : dueMs
    for (let device = 0; device < devices; device++) {
      const comes = (ms: number): void => this.#signIn(user, device, ms, emitter)
      if (nextMs === dueMs) comes(dueMs)
      else if (nextMs < outMs) emitter.later(nextMs, user, comes)
      nextMs += random.between(...nextDeviceMs)
    }
    return outMs
  }

  #signIn(user: number, device: number, dueMs: number, emitter: Emitter): void {
    emitter.emit(dueMs, { kind: 'sign-in', user, device })
    emitter.emit(dueMs, { kind: 'publish', user, device, shown: this.#shown(user, 'sign-in') })
  }

  #comeOrGo(
    user: number,
    turn: number,
    dueMs: number,
    emitter: Emitter,
    comings: OnAndOff,
    flag: number,
    causes: readonly ['idle' | 'call-begins', 'back' | 'call-ends'],
  ): number {
    const isOn = !this.#hasFlag(user, flag)
    this.#setFlag(user, flag, isOn)
    const cause = causes[isOn ? 0 : 1]
    const state = cause === 'idle' ? 'away' : 'on-the-phone'
    this.#publish(user, dueMs, emitter, isOn ? { cause, state } : this.#shown(user, cause))
    return comings.next(user, turn, isOn, dueMs)
  }

  #beginMeetings(user: number): number {
    const meeting = this.#meetings.first(user)
    if (meeting === null) return Infinity
    const index = user - this.#from
    this.#meetingSlot[index] = meeting.nextSlot
    this.#meetingEnd[index] = meeting.toMs
    const isOn = meeting.fromMs < 0
    this.#setFlag(user, flags.meeting, isOn)
    return isOn ? meeting.toMs : meeting.fromMs
  }

  #meet(user: number, dueMs: number, emitter: Emitter): number {
    const index = user - this.#from
    const isOn = !this.#hasFlag(user, flags.meeting)
    this.#setFlag(user, flags.meeting, isOn)
    const begun: ShownState = { cause: 'meeting-begins', state: 'in-meeting' }
    this.#publish(user, dueMs, emitter, isOn ? begun : this.#shown(user, 'meeting-ends'))
    if (isOn) return this.#meetingEnd[index]!
    const meeting = this.#meetings.next(user, this.#meetingSlot[index]!, dueMs)
    if (meeting === null) return Infinity
    this.#meetingSlot[index] = meeting.nextSlot
    this.#meetingEnd[index] = meeting.toMs
    return meeting.fromMs
  }

  #changeByHand(user: number, turn: number, dueMs: number, emitter: Emitter): number {
    const random = this.#random.rekey(this.#options.seed, 'manual', user, turn)
    const isSpecial = this.#hasFlag(user, flags.busy | flags.doNotDisturb)
    const choice = isSpecial ? 0 : 1 + random.below(3)
    this.#setFlag(user, flags.busy, choice === 1)
    this.#setFlag(user, flags.doNotDisturb, choice === 2)
    const note = choice === 3 ? { note: notes[random.below(notes.length)]! } : {}
    this.#publish(user, dueMs, emitter, { ...this.#shown(user, 'manual'), ...note })
    return this.#nextManual(user, turn, dueMs)
  }

  #nextManual(user: number, turn: number, nowMs: number): number {
    const { manualPerHour, presenceScale } = this.#options.workload.parameters
    return this.#after(user, turn, nowMs, 'manual', manualPerHour * presenceScale, this.#activity)
  }

  #loseFlow(user: number, turn: number, dueMs: number, emitter: Emitter): number {
    if (this.#hasFlag(user, flags.signedIn)) {
      const random = this.#random.rekey(this.#options.seed, 'flow-loss', user, turn)
      const meanMs = -60_000 / Math.log(this.#options.workload.parameters.longLossShare)
      const device = random.below(this.#options.population.devices[user]!)
      const forMs = Math.max(1, Math.round(exponential(random, meanMs)))
      emitter.emit(dueMs, { kind: 'lose-flow', user, device, forMs })
    }
    return this.#nextLoss(user, turn, dueMs)
  }

  #nextLoss(user: number, turn: number, nowMs: number): number {
    const perHour = this.#options.workload.parameters.flowLossesPerHour * this.#options.population.devices[user]!
    return this.#after(user, turn, nowMs, 'flow-loss', perHour, always)
  }

  #poll(user: number, turn: number, dueMs: number, emitter: Emitter): number {
    if (this.#hasFlag(user, flags.signedIn)) {
      const random = this.#random.rekey(this.#options.seed, 'poll', user, turn)
      const contact = this.#options.partners.contact(random, user)
      const device = random.below(this.#options.population.devices[user]!)
      emitter.emit(dueMs, { kind: 'poll', user, device, contact })
    }
    return this.#nextPoll(user, turn, dueMs)
  }

  #nextPoll(user: number, turn: number, nowMs: number): number {
    return this.#after(user, turn, nowMs, 'poll', this.#options.workload.parameters.pollsPerHour, this.#activity)
  }

  /** The gap is drawn from the end of the numbers of its purpose, apart from what happens at its end. */
  #after(
    user: number,
    turn: number,
    nowMs: number,
    purpose: 'manual' | 'flow-loss' | 'poll',
    perHour: number,
    curve: RateCurve,
  ): number {
    if (perHour === 0) return Infinity
    const random = this.#random.rekey(this.#options.seed, purpose, user, gapTurns + turn)
    return curve.advance(nowMs, exponential(random, 1 / perHour))
  }

  /** The first storm from this one on that takes the user along. */
  #nextStorm(user: number, from: number): number {
    for (let index = from; index < this.#storms.length; index++) {
      const storm = this.#storms[index]!
      const random = this.#random.rekey(this.#options.seed, 'storm', user, index)
      const dueMs = storm.atMs + random.float() * storm.withinMs
      if (random.chance(storm.share)) return dueMs
      this.#turn[(user - this.#from) * processCount + processes.storm] = index + 1
    }
    return Infinity
  }

  #publish(user: number, dueMs: number, emitter: Emitter, shown: ShownState): void {
    if (this.#hasFlag(user, flags.signedIn)) emitter.emit(dueMs, { kind: 'publish', user, device: 0, shown })
  }

  /** What holds when all that goes on is laid over each other. */
  #shown(user: number, cause: ShownState['cause']): ShownState {
    if (this.#hasFlag(user, flags.call)) return { cause, state: 'on-the-phone' }
    if (this.#hasFlag(user, flags.meeting)) return { cause, state: 'in-meeting' }
    if (this.#hasFlag(user, flags.doNotDisturb)) return { cause, state: 'do-not-disturb' }
    if (this.#hasFlag(user, flags.busy)) return { cause, state: 'busy' }
    return { cause, state: this.#hasFlag(user, flags.idle) ? 'away' : 'available' }
  }

  #hasFlag(user: number, flag: number): boolean {
    return (this.#flags[user - this.#from]! & flag) !== 0
  }

  #setFlag(user: number, flag: number, isOn: boolean): void {
    const index = user - this.#from
    this.#flags[index] = isOn ? this.#flags[index]! | flag : this.#flags[index]! & ~flag
  }
}

const always = new RateCurve([{ fromMs: 0, value: 1 }])
const gapTurns = 2 ** 31
