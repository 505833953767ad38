/**
 * Conversations. Every script plans the beginnings of those of all users, and goes on with those in which one of its
 * own takes part: so each thread knows what its users answer without asking the thread of the other side.
 */
import type { Action } from './action.ts'
import { exponential, geometric, logNormal } from './distributions.ts'
import type { Due } from './due-heap.ts'
import type { Emitter } from './emitter.ts'
import type { Parameters } from './parameters.ts'
import type { Partners } from './partners.ts'
import type { Plan, Storm } from './plan.ts'
import { Stream } from './random.ts'
import { RateCurve } from './rate-curve.ts'
import type { Sessions } from './sessions.ts'

/** Conversations have begun for so long when the run begins, so that there are as many as ever at its start. */
const beforeMs = 20 * 60_000

/** Conversations of one user have numbers of their own: user × this + n. */
const talksPerUser = 2 ** 20

type MessageStorm = Storm & { readonly kind: 'messages' }

export interface Talk extends Due {
  /** First the one who began it. */
  readonly people: readonly number[]
  /** The other side is not signed in: only the first one writes. */
  readonly isOneSided: boolean
  readonly isSession: boolean
  readonly random: Stream
  left: number
  written: number
  isOpen: boolean
  next: 'typing' | 'message' | 'close'
  messageMs: number
}

export interface TalksOptions {
  readonly parameters: Parameters
  readonly plan: Plan
  readonly sessions: Sessions
  readonly partners: Partners
  readonly seed: number
  readonly isOwn: (user: number) => boolean
}

export class Talks {
  readonly #options: TalksOptions
  readonly #turn: Uint32Array
  readonly #random: Stream
  /** Of beginnings, and of what goes on within a conversation. */
  readonly #beginnings: RateCurve
  readonly #pace: RateCurve

  constructor(options: TalksOptions) {
    const { plan, parameters, seed } = options
    this.#options = options
    this.#turn = new Uint32Array(parameters.users)
    this.#random = new Stream(seed, 'talk')
    const bursts = plan.storms.filter((storm) => storm.kind === 'messages')
    this.#pace = inBursts(new RateCurve([{ fromMs: 0, value: 1 }]), bursts)
    this.#beginnings = inBursts(RateCurve.ofHours(plan.activity), bursts)
  }

  firstBeginningMs(user: number): number {
    return this.#nextBeginning(user, 0, -beforeMs)
  }

  /** A conversation that this user begins now, if he is there and finds somebody, and one of ours is in it. */
  begin(user: number, nowMs: number): { readonly talk: Talk | null; readonly nextMs: number } {
    const turn = this.#turn[user]!++
    const talk = this.#beginOne(user, turn, nowMs)
    return { talk, nextMs: this.#nextBeginning(user, turn + 1, nowMs) }
  }

  #nextBeginning(user: number, turn: number, nowMs: number): number {
    const { conversationsPerHour } = this.#options.parameters
    if (conversationsPerHour === 0) return Infinity
    const random = this.#random.rekey(this.#options.seed, 'talk', user, 2 * turn)
    return this.#beginnings.advance(nowMs, exponential(random, 1 / conversationsPerHour))
  }

  #beginOne(user: number, turn: number, nowMs: number): Talk | null {
    const { parameters, sessions, partners, seed, isOwn } = this.#options
    // Before everybody is there, conversations go on between those who will be.
    const seenMs = Math.max(nowMs, sessions.setUpMs)
    if (!sessions.isSignedIn(user, seenMs)) return null
    const random = new Stream(seed, 'talk', user, 2 * turn + 1)
    const isThere = (other: number): boolean => sessions.isSignedIn(other, seenMs)
    const away = random.chance(parameters.offlineShare) ? partners.find(random, user, (other) => !isThere(other)) : -1
    const partner = away >= 0 ? away : partners.find(random, user, isThere)
    if (partner < 0) return null
    const people = [user, partner]
    if (random.chance(parameters.partyOfThreeShare)) {
      const third = partners.find(random, user, (other) => other !== partner && isThere(other))
      if (third >= 0) people.push(third)
    }
    const isSession = away < 0 && random.chance(parameters.sessionShare)
    const left = 2 + geometric(random, parameters.messagesPerConversation - 2)
    if (!people.some(isOwn)) return null
    const talk: Talk = {
      dueMs: nowMs,
      order: user * talksPerUser + turn,
      people,
      isOneSided: away >= 0,
      isSession,
      random,
      left,
      written: 0,
      isOpen: false,
      next: 'typing',
      messageMs: nowMs,
    }
    this.#planMessage(talk, nowMs)
    return talk
  }

  /** Takes the next step of a conversation; false when it is over. */
  step(talk: Talk, emitter: Emitter): boolean {
    const { dueMs } = talk
    if (talk.next === 'close') {
      this.#close(talk, emitter)
      return false
    }
    const areThere = dueMs >= 0 && this.#areThere(talk)
    if (talk.isOpen && !areThere) return false
    if (areThere && !talk.isOpen) this.#open(talk, emitter)
    if (talk.next === 'typing') {
      if (areThere) this.#type(talk, emitter, true)
      talk.next = 'message'
      talk.dueMs = talk.messageMs
      return true
    }
    if (areThere) this.#write(talk, emitter)
    else talk.random.float()
    talk.written++
    if (--talk.left > 0) this.#planMessage(talk, dueMs)
    else if (talk.isSession && talk.isOpen) this.#planClose(talk, dueMs)
    else return false
    return true
  }

  #planMessage(talk: Talk, nowMs: number): void {
    const gap = this.#gapMs(talk)
    talk.messageMs = this.#pace.advance(nowMs, gap / 3_600_000)
    talk.next = 'typing'
    // Reading and thinking first, then half of the time typing.
    talk.dueMs = nowMs + (talk.messageMs - nowMs) / 2
  }

  #planClose(talk: Talk, nowMs: number): void {
    talk.next = 'close'
    talk.dueMs = nowMs + this.#gapMs(talk)
  }

  #gapMs({ random }: Talk): number {
    const { gapSeconds, gapSigma } = this.#options.parameters
    return logNormal(random, gapSeconds, gapSigma) * 1_000
  }

  #areThere({ people, isOneSided, dueMs }: Talk): boolean {
    const { sessions } = this.#options
    return (isOneSided ? people.slice(0, 1) : people).every((user) => sessions.isSignedIn(user, dueMs))
  }

  #writer({ people, isOneSided, written }: Talk): number {
    return isOneSided ? people[0]! : people[written % people.length]!
  }

  #open(talk: Talk, emitter: Emitter): void {
    talk.isOpen = true
    if (!talk.isSession) return
    const [user, ...others] = talk.people
    for (const to of others) this.#emit(emitter, talk, { kind: 'open-session', user: user!, to, talk: talk.order })
  }

  #close(talk: Talk, emitter: Emitter): void {
    if (!this.#areThere(talk)) return
    const [user, ...others] = talk.people
    for (const to of others) this.#emit(emitter, talk, { kind: 'close-session', user: user!, to, talk: talk.order })
  }

  #type(talk: Talk, emitter: Emitter, active: boolean): void {
    const { typingPerMessage } = this.#options.parameters
    if (typingPerMessage < (active ? 1 : 2)) return
    const user = this.#writer(talk)
    const to = talk.people.find((other) => other !== user)!
    this.#emit(emitter, talk, { kind: 'typing', user, to, talk: talk.order, active })
  }

  #write(talk: Talk, emitter: Emitter): void {
    const { bodyBytes, bodySigma, bodyBytesMax } = this.#options.parameters
    this.#type(talk, emitter, false)
    const drawn = Math.round(logNormal(talk.random, bodyBytes, bodySigma))
    const size = Math.min(Math.max(drawn, 1), bodyBytesMax)
    const user = this.#writer(talk)
    for (const to of talk.people) {
      if (to !== user) this.#emit(emitter, talk, { kind: 'message', user, to, talk: talk.order, bodyBytes: size })
    }
  }

  #emit(emitter: Emitter, { dueMs }: Talk, action: Action & { readonly user: number }): void {
    if (this.#options.isOwn(action.user)) emitter.emit(dueMs, action)
  }
}

function inBursts(curve: RateCurve, bursts: readonly MessageStorm[]): RateCurve {
  if (bursts.length === 0) return curve
  const stretches = bursts.map(({ atMs, forMs }) => ({ fromMs: atMs, forMs }))
  return curve.withStretches(stretches, bursts[0]!.factor)
}

/** Number of the conversation of one message of a storm: after all that a user may have by himself. */
export function stormTalk(user: number, index: number): number {
  return user * talksPerUser + talksPerUser / 2 + index
}
