/**
 * What client and server transactions have in common: the step through a table, and two timers (RFC 3261 §17).
 * The sides (`client-transaction.ts`, `server-transaction.ts`) turn messages into events and carry out actions.
 *
 * Steps nest: a timer of 0 ms fires within the step that starts it, and a user may terminate the transaction from
 * within a call. When a nested step has left the state, the rest of the outer cell is void.
 */

import assert from 'node:assert'
import type { Machine, TransactionAction, TransactionEvent, TransactionState } from './machine.ts'
import {
  type TimerName,
  type TransactionTimerHandle,
  type TransactionTimers,
  type TransactionTimerTarget,
  t2Ms,
  timerRules,
} from './timers.ts'

/** Where a transaction's messages go: a flow, or anything that sends. */
export interface TransactionFlow {
  send(bytes: Uint8Array): void
}

/** Position of each timer in `timerRules`: the kind by which the timers port names it. */
const kinds = new Map<TimerName, number>(timerRules.map((rule, kind) => [rule.name, kind]))

/** What a timer action does: which timer, and its interval; null is that of the table. */
interface TimerAction {
  readonly kind: number
  readonly intervalMs: ((previousMs: number) => number) | null
}

const timerActions = new Map<TransactionAction, TimerAction>([
  ...timerRules.map(({ name }, kind): [TransactionAction, TimerAction] => [`start${name}`, { kind, intervalMs: null }]),
  ['doubleA', { kind: kinds.get('A')!, intervalMs: (previousMs) => previousMs * 2 }],
  ['doubleE', { kind: kinds.get('E')!, intervalMs: (previousMs) => Math.min(previousMs * 2, t2Ms) }],
  ['doubleG', { kind: kinds.get('G')!, intervalMs: (previousMs) => Math.min(previousMs * 2, t2Ms) }],
  ['startEAtT2', { kind: kinds.get('E')!, intervalMs: () => t2Ms }],
])

export abstract class Transaction implements TransactionTimerTarget {
  /** Where `match.ts` finds it. */
  readonly key: string
  readonly isInvite: boolean
  /** The transport repeats and orders by itself: no copies are sent, and most waiting ends at once. */
  readonly reliable: boolean
  readonly #machine: Machine
  readonly #timers: TransactionTimers
  #state: TransactionState = 'initial'
  /** The timer for copies (A, E, G, the 100), and the one that ends a state; null when not running. */
  #repeat: TransactionTimerHandle | null = null
  #repeatKind = 0
  #repeatMs = 0
  #limit: TransactionTimerHandle | null = null
  #limitKind = 0

  constructor(key: string, isInvite: boolean, reliable: boolean, machine: Machine, timers: TransactionTimers) {
    this.key = key
    this.isInvite = isInvite
    this.reliable = reliable
    this.#machine = machine
    this.#timers = timers
  }

  get state(): TransactionState {
    return this.#state
  }

  /** Ends it now, whatever it waits for. Its user hears `onTerminated` once, from within. */
  terminate(): void {
    if (this.#state === 'terminated') return
    this.#enter('terminated')
    this.onTerminated()
  }

  onTimer(kind: number): void {
    const rule = timerRules[kind]!
    if (rule.role === 'repeat') this.#repeat = null
    else this.#limit = null
    this.step(rule.event)
  }

  /** What a side does for each action that is no timer's. */
  protected abstract perform(action: TransactionAction): void
  protected abstract onTerminated(): void

  /** An event that the state does not know does nothing. */
  protected step(event: TransactionEvent): void {
    const cell = this.#machine[this.#state]?.[event]
    if (cell === undefined) return
    const next = cell[0]
    this.#enter(next)
    for (let index = 1; index < cell.length; index++) {
      const action = cell[index] as TransactionAction
      const timerAction = timerActions.get(action)
      if (timerAction === undefined) this.perform(action)
      else this.#startTimer(timerAction)
      if (this.#state !== next) return
    }
    if (next === 'terminated') this.onTerminated()
  }

  #enter(next: TransactionState): void {
    if (next === this.#state) return
    this.#state = next
    const row = this.#machine[next]
    assert(row !== undefined, 'transaction: a cell names a state that its table does not have')
    if (this.#repeat !== null && row[timerRules[this.#repeatKind]!.event] === undefined) this.#stopRepeat()
    if (this.#limit !== null && row[timerRules[this.#limitKind]!.event] === undefined) this.#stopLimit()
  }

  #startTimer(action: TimerAction): void {
    const { kind, intervalMs } = action
    const rule = timerRules[kind]!
    const tableMs = this.reliable ? rule.reliableMs : rule.unreliableMs
    if (tableMs === null) return
    const delayMs = intervalMs === null ? tableMs : intervalMs(this.#repeatMs)
    if (delayMs === 0) this.step(rule.event)
    else if (rule.role === 'repeat') this.#setRepeat(kind, delayMs)
    else this.#setLimit(kind, delayMs)
  }

  #setRepeat(kind: number, delayMs: number): void {
    this.#stopRepeat()
    this.#repeatKind = kind
    this.#repeatMs = delayMs
    this.#repeat = this.#timers.set(delayMs, this, kind)
  }

  #setLimit(kind: number, delayMs: number): void {
    this.#stopLimit()
    this.#limitKind = kind
    this.#limit = this.#timers.set(delayMs, this, kind)
  }

  #stopRepeat(): void {
    if (this.#repeat !== null) this.#timers.cancel(this.#repeat)
    this.#repeat = null
  }

  #stopLimit(): void {
    if (this.#limit !== null) this.#timers.cancel(this.#limit)
    this.#limit = null
  }
}
