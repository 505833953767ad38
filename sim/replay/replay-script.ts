/**
 * A recording as a script for the driver: the same users do the same things at the same times. Refreshes and answers
 * are the devices' own, as in any run. Who was there when the recording began signs in at its start.
 */
import type { Action, DueAction, Script, ShownState } from '../workload/action.ts'
import { ListScript } from '../workload/list-script.ts'
import type { RecordedAct, Recording } from './recording.ts'

/** Those who were there already arrive so fast. */
const arrivalGapMs = 25
/** A device that is back within this had lost its flow; else its user had gone. */
const backWithinMs = 30 * 60_000

/** The recording does not say what was shown: it changes, and that is what costs. */
const states: readonly ShownState[] = [
  { cause: 'manual', state: 'available' },
  { cause: 'idle', state: 'away' },
  { cause: 'meeting-begins', state: 'in-meeting' },
  { cause: 'call-begins', state: 'on-the-phone' },
]

export interface ReplaySlice {
  /** Users from this one up to, not including, that one. */
  readonly from: number
  readonly to: number
}

/** All that its users do, in order of its time. */
export function replayActions(recording: Recording): readonly DueAction[] {
  return new Replay(recording).actions()
}

export function replayScript(actions: readonly DueAction[], slice: ReplaySlice): Script {
  const own = actions.filter(({ action }) => {
    return 'user' in action && action.user >= slice.from && action.user < slice.to
  })
  return new ListScript(own)
}

/** Whom each user wrote to, called or looked at: their contacts in the replay. */
export function contactsOf({ acts, usersCount }: Recording): readonly (readonly number[])[] {
  const contacts = Array.from({ length: usersCount }, () => new Set<number>())
  for (const { user, other } of acts) if (other >= 0 && other !== user) contacts[user]!.add(other)
  return contacts.map((each) => [...each])
}

/** How many devices of each user there are at once; at least one. */
export function devicesOf(actions: readonly DueAction[], usersCount: number): readonly number[] {
  const devices = new Array<number>(usersCount).fill(1)
  for (const { action } of actions) {
    if (action.kind === 'sign-in') devices[action.user] = Math.max(devices[action.user]!, action.device + 1)
  }
  return devices
}

class Replay {
  readonly #recording: Recording
  /** Device of each flow, and the devices of each user that are signed in. */
  readonly #devices = new Map<number, number>()
  readonly #busy = new Map<number, Set<number>>()
  readonly #talks = new Map<string, number>()
  readonly #changes = new Map<number, number>()
  readonly #typing = new Set<string>()
  /** Sign-ins that only end a loss of flow. */
  readonly #returns = new Set<RecordedAct>()

  readonly #signIns: ReadonlyMap<number, readonly RecordedAct[]>

  constructor(recording: Recording) {
    this.#recording = recording
    const signIns = recording.acts.filter(({ kind }) => kind === 'sign-in')
    this.#signIns = Map.groupBy(signIns, ({ user }) => user)
  }

  actions(): readonly DueAction[] {
    const due: DueAction[] = []
    let present = 0
    for (const act of this.#recording.acts) {
      if (!this.#devices.has(act.flow)) {
        const dueMs = act.kind === 'sign-in' ? act.atMs : Math.min(act.atMs, present++ * arrivalGapMs)
        if (!this.#returns.has(act)) due.push({ dueMs, action: this.#signIn(act) })
        if (act.kind === 'sign-in') continue
      }
      const action = this.#actionOf(act)
      if (action) due.push({ dueMs: act.atMs, action })
    }
    return due.sort((a, b) => a.dueMs - b.dueMs)
  }

  #signIn({ user, flow }: RecordedAct): Action {
    const busy = this.#busyOf(user)
    let device = 0
    while (busy.has(device)) device++
    busy.add(device)
    this.#devices.set(flow, device)
    return { kind: 'sign-in', user, device }
  }

  #actionOf(act: RecordedAct): Action | null {
    const { kind, user, other, bytes } = act
    const device = this.#devices.get(act.flow)!
    switch (kind) {
      case 'sign-in':
        return null
      case 'sign-out':
        this.#leave(act, device)
        return { kind: 'sign-out', user, device }
      case 'flow-lost':
        return this.#lost(act, device)
      case 'publish':
        return { kind: 'publish', user, device, shown: this.#nextState(user) }
      case 'poll':
        return other < 0 ? null : { kind: 'poll', user, device, contact: other }
      case 'message':
        return other < 0 ? null : { kind: 'message', user, to: other, talk: this.#talk(user, other), bodyBytes: bytes }
      case 'typing':
        return other < 0 ? null : { kind, user, to: other, talk: this.#talk(user, other), active: this.#turn(act) }
      case 'open-session':
      case 'close-session':
        return other < 0 ? null : { kind, user, to: other, talk: this.#talk(user, other) }
    }
  }

  /** The next sign-in of the user by a new flow, if it comes soon, is this device's return. */
  #lost(act: RecordedAct, device: number): Action {
    const { user, atMs } = act
    const back = this.#signIns.get(user)?.find((each) => each.atMs >= atMs && !this.#returns.has(each))
    if (!back || back.atMs - atMs > backWithinMs) {
      this.#leave(act, device)
      return { kind: 'sign-out', user, device }
    }
    this.#returns.add(back)
    this.#devices.set(back.flow, device)
    return { kind: 'lose-flow', user, device, forMs: back.atMs - atMs }
  }

  #leave({ user }: RecordedAct, device: number): void {
    this.#busyOf(user).delete(device)
  }

  #busyOf(user: number): Set<number> {
    let busy = this.#busy.get(user)
    if (!busy) {
      busy = new Set()
      this.#busy.set(user, busy)
    }
    return busy
  }

  /** One talk for each two people. */
  #talk(a: number, b: number): number {
    const pair = a < b ? `${a} ${b}` : `${b} ${a}`
    if (!this.#talks.has(pair)) this.#talks.set(pair, this.#talks.size)
    return this.#talks.get(pair)!
  }

  #nextState(user: number): ShownState {
    const change = this.#changes.get(user) ?? 0
    this.#changes.set(user, change + 1)
    return states[change % states.length]!
  }

  /** Begins and ends by turns. */
  #turn({ user, other }: RecordedAct): boolean {
    const pair = `${user} ${other}`
    if (this.#typing.delete(pair)) return false
    this.#typing.add(pair)
    return true
  }
}
