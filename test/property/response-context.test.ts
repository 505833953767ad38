/**
 * The response context alone (RFC 3261 §16.7, §16.10): whatever the devices answer, in whatever order, and whenever the
 * caller cancels, one final response goes upstream, every 2xx of an INVITE beside it, and nothing is left behind.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ResponseContext } from '../../src/edge/response-context.ts'
import type { ForwardTarget, OutcomeMessage } from '../../src/ports/bus.ts'
import type { FlowId } from '../../src/ports/flows.ts'

type Event =
  | { readonly does: 'answer'; readonly pick: number; readonly status: number }
  | { readonly does: 'cancel' }
  | { readonly does: 'give up' }

const statuses = [0, 100, 180, 183, 200, 202, 302, 401, 404, 407, 408, 430, 480, 486, 500, 503, 600, 603]
const status = fc.constantFrom(...statuses)
const answer = fc.record({ does: fc.constant('answer' as const), pick: fc.nat(1_000), status })
const rarely = fc.constantFrom({ does: 'cancel' as const }, { does: 'give up' as const })
const event: fc.Arbitrary<Event> = fc.oneof({ weight: 9, arbitrary: answer }, { weight: 1, arbitrary: rarely })

/** Devices with one to three flows and a q of three. */
const devices = fc.array(fc.record({ q: fc.constantFrom(200, 500, 1000), flows: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 1,
  maxLength: 5,
})

interface Branch {
  readonly target: ForwardTarget
  readonly maxBreadth: number
  open: boolean
  cancelled: boolean
}

/** Plays the owner, and checks at once what may never happen. */
class Run {
  readonly isInvite: boolean
  readonly maxBreadth: number
  readonly branches: Branch[] = []
  readonly finals: number[] = []
  finishedCount = 0
  cancelled = false
  readonly context: ResponseContext

  constructor(isInvite: boolean, targets: readonly ForwardTarget[], maxBreadth: number) {
    this.isInvite = isInvite
    this.maxBreadth = maxBreadth
    this.context = new ResponseContext(isInvite, targets, maxBreadth, {
      forward: (target, breadth) => this.#forward(target, breadth),
      cancel: (branch) => this.#cancel(branch),
      pass: ({ status: passed }) => void (passed >= 200 ? this.#final(passed) : expect(this.finals).toEqual([])),
      finished: () => void this.finishedCount++,
    })
    this.context.start()
  }

  get open(): Branch[] {
    return this.branches.filter((branch) => branch.open)
  }

  play(played: Event): void {
    if (played.does === 'cancel') {
      this.cancelled = true
      this.context.cancel()
    } else if (played.does === 'give up') {
      this.context.giveUp()
      for (const branch of this.branches) branch.open = false
    } else this.#answer(played.pick, played.status)
    if (this.cancelled && this.isInvite) expect(this.open.every((branch) => branch.cancelled)).toBe(true)
  }

  /** What is open is answered until nothing is. */
  end(): void {
    for (let rounds = 0; this.open.length > 0; rounds++) {
      expect(rounds).toBeLessThan(100)
      this.#answer(this.branches.indexOf(this.open[0]!), 486)
    }
  }

  #forward(target: ForwardTarget, maxBreadth: number): number {
    const sameDevice = this.open.filter((branch) => branch.target.deviceKey === target.deviceKey)
    expect(sameDevice, 'two flows of one device at once').toEqual([])
    expect(
      this.branches.some((branch) => branch.target.flow === target.flow),
      'a flow twice',
    ).toBe(false)
    this.branches.push({ target, maxBreadth, open: true, cancelled: false })
    const breadth = this.open.reduce((sum, branch) => sum + branch.maxBreadth, 0)
    expect(breadth).toBeLessThanOrEqual(this.maxBreadth)
    return this.branches.length - 1
  }

  #cancel(number: number): void {
    const branch = this.branches[number]!
    expect(this.isInvite && branch.open && !branch.cancelled).toBe(true)
    branch.cancelled = true
  }

  #final(passed: number): void {
    const isLater2xx = this.isInvite && passed < 300 && this.finals.every((final) => final < 300)
    expect(this.finals.length === 0 || isLater2xx, 'a second final response').toBe(true)
    this.finals.push(passed)
  }

  #answer(pick: number, given: number): void {
    const number = pick % this.branches.length
    const branch = this.branches[number]!
    // A transaction that has ended gives nothing more; only a 2xx is repeated.
    if (!branch.open && !(given >= 200 && given < 300)) return
    if (given === 0 || given >= 200) branch.open = false
    const outcome = { kind: 'outcome', to: nobody, status: given, response: null, deviceKey: branch.target.deviceKey }
    this.context.onOutcome(number, outcome as OutcomeMessage)
  }
}

const nobody = { worker: 0, incarnation: 1, half: 'edge', number: 0 } as const

function targetsOf(of: readonly { q: number; flows: number }[]): ForwardTarget[] {
  return of.flatMap(({ q, flows }, device) =>
    Array.from({ length: flows }, (_, flow) => ({
      flow: `0.1.${device}${flow}.b` as FlowId,
      transport: 'tcp' as const,
      contactUri: 'sip:bob@192.0.2.7',
      path: [],
      qThousandths: q,
      deviceKey: `device ${device}`,
    })),
  )
}

test('one final response goes upstream, beside every 2xx of an INVITE; the end is told once', () => {
  const breadth = fc.integer({ min: 1, max: 6 })
  fc.assert(
    fc.property(fc.boolean(), devices, breadth, fc.array(event, { maxLength: 30 }), (isInvite, of, max, events) => {
      const run = new Run(isInvite, targetsOf(of), max)
      for (const each of events) run.play(each)
      run.end()
      expect(run.finals.length).toBeGreaterThan(0)
      expect(run.finishedCount).toBe(1)
    }),
    { numRuns: 2_000 },
  )
})

test('without a success every device is tried, best q first, until one refuses for all', () => {
  const failure = fc.constantFrom(0, 302, 404, 408, 430, 486, 503)
  fc.assert(
    fc.property(devices, fc.array(failure, { minLength: 15, maxLength: 15 }), (of, failures) => {
      const run = new Run(true, targetsOf(of), 60)
      for (const given of failures) {
        const open = run.branches.findIndex((branch) => branch.open)
        if (open >= 0) run.play({ does: 'answer', pick: open, status: given })
      }
      run.end()
      expect(new Set(run.branches.map((branch) => branch.target.deviceKey)).size).toBe(of.length)
      const tried = run.branches.map((branch) => branch.target.qThousandths)
      expect(tried).toEqual(tried.toSorted((a, b) => b - a))
    }),
  )
})
