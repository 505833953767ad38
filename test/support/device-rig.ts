/**
 * Simulated devices against a scripted server: no sockets, and no time but what the test lets pass.
 */
import { type DrillPlan, DrillPopulation, drillPlan } from '../../sim/live/drill-population.ts'
import { RunRecorder } from '../../sim/measure/recorder.ts'
import { Fleet } from '../../sim/users/fleet.ts'
import type { LineUser } from '../../sim/users/outside.ts'
import { Naming } from '../../sim/users/population.ts'
import { Board } from '../../sim/verify/board.ts'
import type { Action, Script } from '../../sim/workload/action.ts'
import { encodeResponse, HeaderId, type HeaderLines, parseMessage, type SipMessage } from '../../src/sip/index.ts'

/** What the server says; null: nothing. */
export type Answer = { readonly status: number; readonly headers?: HeaderLines }

export class DeviceRig {
  nowUs = 1e9
  readonly requests: SipMessage[] = []
  readonly recorder = new RunRecorder(() => this.nowUs)
  readonly board: Board
  readonly fleet: Fleet
  lines = 0
  tags = 0
  pings = 0
  /** Requests are not kept. */
  isForgetful = false
  answerOf: (request: SipMessage) => Answer | null = () => ({ status: 200 })

  constructor(
    actions: readonly (readonly [atMs: number, action: Action])[],
    plan: Partial<DrillPlan> = {},
    settlingMs = 0,
  ) {
    const drill = { ...drillPlan, users: 2, contacts: 1, lists: false, ...plan }
    this.board = new Board(drill.users)
    const population = new (class extends DrillPopulation {
      override get settlingMs() {
        return settlingMs
      }

      override script(): Script {
        const left = [...actions]
        return {
          get nextDueMs() {
            return left[0]?.[0] ?? Number.POSITIVE_INFINITY
          },
          take: () => {
            const [dueMs, action] = left.shift()!
            return { dueMs, action }
          },
        }
      }
    })(drill)
    const outside = {
      nowUs: () => this.nowUs,
      random: () => 0.5,
      connect: (_: number, user: LineUser) => queueMicrotask(() => this.#connected(user)),
    }
    this.recorder.setWindow(0, 1e15)
    const dialect = { watching: drill.lists ? 'list' : 'single', publishes: true, algorithm: null } as const
    const naming = new Naming('example.test', 'u', 7)
    const who = { naming, population, first: 0, end: drill.users, runId: 'run', seed: 7, speed: 1 }
    const ports = { outside, recorder: this.recorder, board: this.board }
    this.fleet = new Fleet({ ...who, ...ports, transport: 'tcp', dialect })
    this.fleet.start(this.nowUs, () => {})
  }

  async pass(seconds: number): Promise<void> {
    for (let tenth = 0; tenth < seconds * 10; tenth++) {
      this.nowUs += 100_000
      this.fleet.advance(this.nowUs)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  of(method: string): SipMessage[] {
    return this.requests.filter((request) => request.method === method)
  }

  get counts() {
    return this.recorder.toWindow().counts
  }

  #connected(user: LineUser): void {
    this.lines++
    user.onLine({
      localAddress: '127.16.0.1',
      localPort: 4000,
      send: (bytes) => this.#onBytes(user, Buffer.from(bytes)),
      ping: () => {
        this.pings++
      },
      close: () => {},
    })
  }

  #onBytes(user: LineUser, bytes: Buffer): void {
    const { message } = parseMessage(bytes)
    if (!message?.isRequest) return
    if (!this.isForgetful) this.requests.push(message)
    const answer = this.answerOf(message)
    if (!answer) return
    const headers: HeaderLines = [['Expires', message.first(HeaderId.expires) ?? '0'], ...(answer.headers ?? [])]
    queueMicrotask(() =>
      user.onMessage(encodeResponse(message, answer.status, { toTag: `server${++this.tags}`, headers })),
    )
  }
}
