/**
 * Searches the largest number of users that a server carries: doubling until a load fails, geometric bisection until
 * the bracket is narrow, then the loads at both edges with further seeds. It asks `probe` and nothing else, so the same
 * search works live, in virtual time, and in tests.
 */
import { type CrossCheck, crossCheck } from './cross-check.ts'
import { CannotProbe, type Probe, type Probed } from './probe.ts'

export interface SearchOptions {
  readonly probe: Probe
  /** Three or more: the first is used on the way, all at the edges. */
  readonly seeds: readonly number[]
  readonly startUsers: number
  readonly usersMin: number
  readonly usersMax: number
  readonly onProbe?: (probed: Probed) => void
}

export interface FoundLimit {
  /** Largest load that passed with every seed; null: none did, or the search proves nothing. */
  readonly limit: number | null
  /** `fail` null: nothing failed up to the most that was tried. */
  readonly bracket: { readonly pass: number | null; readonly fail: number | null }
  /** Passes and fails were not monotone near the edge: the bracket was widened. */
  readonly isNoisy: boolean
  /** Why the search proves nothing. */
  readonly invalid: string | null
  /** What did not hold at the load that failed, the most frequent first. */
  readonly failing: readonly string[]
  readonly crossCheck: CrossCheck | null
  readonly probes: readonly Probed[]
}

const ratioMax = 1.05
const widenBy = 1.1
/** An edge that has not been found after so many steps is not there. */
const widenStepsMax = 10

type Standing = 'pass' | 'fail' | 'unclear'

interface Bracket {
  pass: number | null
  fail: number | null
}

class Search {
  readonly #options: SearchOptions
  readonly #probes: Probed[] = []
  #isNoisy = false
  #invalid: string | null = null

  constructor(options: SearchOptions) {
    const { seeds, startUsers, usersMin, usersMax } = options
    if (seeds.length < 3) throw new RangeError('a limit needs three seeds')
    if (!(usersMin >= 1 && usersMin <= startUsers && startUsers <= usersMax))
      throw new RangeError(`${startUsers} users to begin with are not between ${usersMin} and ${usersMax}`)
    this.#options = options
  }

  async run(): Promise<FoundLimit> {
    const bracket: Bracket = { pass: null, fail: null }
    try {
      await this.#double(bracket)
      if (this.#invalid === null) await this.#halve(bracket)
      if (this.#invalid === null) await this.#bisect(bracket)
      if (this.#invalid === null) await this.#confirm(bracket)
    } catch (error) {
      if (!(error instanceof CannotProbe)) throw error
      this.#invalid = error.message
    }
    if (bracket.pass === null && this.#invalid === null && this.#probes.every(({ unsteady }) => unsteady))
      this.#invalid = 'no load settled: something else is at work on this machine, or the window is too short'
    const limit = this.#invalid === null ? bracket.pass : null
    return {
      limit,
      bracket,
      isNoisy: this.#isNoisy,
      invalid: this.#invalid,
      failing: this.#failingAt(bracket.fail),
      crossCheck: limit === null ? null : crossCheck(this.#probes, limit),
      probes: this.#probes,
    }
  }

  /**
   * A load that is unsteady counts as failed if it is near the limit and proves that something is wrong if it is far
   * below: twice the load tells which.
   */
  async #double(bracket: Bracket): Promise<void> {
    const { startUsers, usersMax, seeds } = this.#options
    let unsteadyAt: number | null = null
    for (let users = startUsers; ; users = Math.min(usersMax, users * 2)) {
      const { passes, unsteady } = await this.#probe(users, seeds[0]!)
      if (unsteadyAt !== null && passes && !unsteady) {
        this.#invalid = `unsteady at ${unsteadyAt} users, while ${users} passed: the figures there mean nothing`
        return
      }
      if (!passes && !unsteady) {
        bracket.fail = unsteadyAt ?? users
        return
      }
      if (unsteady) {
        if (unsteadyAt !== null || users === usersMax) {
          bracket.fail = unsteadyAt ?? users
          return
        }
        unsteadyAt = users
      } else bracket.pass = users
      if (users === usersMax) return
    }
  }

  /** Where not even the first load passed. */
  async #halve(bracket: Bracket): Promise<void> {
    const { usersMin, seeds } = this.#options
    while (bracket.pass === null && bracket.fail !== null && bracket.fail > usersMin) {
      const users = Math.max(usersMin, Math.floor(bracket.fail / 2))
      if (isPass(await this.#probe(users, seeds[0]!))) bracket.pass = users
      else bracket.fail = users
    }
  }

  async #bisect(bracket: Bracket): Promise<void> {
    while (bracket.pass !== null && bracket.fail !== null && bracket.fail / bracket.pass > ratioMax) {
      const users = Math.round(Math.sqrt(bracket.pass * bracket.fail))
      if (users <= bracket.pass || users >= bracket.fail) return
      if (isPass(await this.#probe(users, this.#options.seeds[0]!))) bracket.pass = users
      else bracket.fail = users
    }
  }

  /** The pass must hold with every seed, and the fail with two of three; else the edge is moved. */
  async #confirm(bracket: Bracket): Promise<void> {
    const { usersMin, usersMax } = this.#options
    for (let step = 0; step < widenStepsMax && bracket.pass !== null; step++) {
      const below = await this.#standing(bracket.pass)
      if (below !== 'pass') {
        this.#isNoisy = true
        if (below === 'fail') bracket.fail = bracket.pass
        bracket.pass = bracket.pass > usersMin ? Math.max(usersMin, Math.floor(bracket.pass / widenBy)) : null
        continue
      }
      if (bracket.fail === null) return
      const above = await this.#standing(bracket.fail)
      if (above === 'fail') return
      this.#isNoisy = true
      if (above === 'pass') bracket.pass = bracket.fail
      const higher = Math.min(usersMax, Math.ceil(bracket.fail * widenBy))
      bracket.fail = bracket.fail < usersMax ? higher : null
    }
    if (bracket.pass !== null) this.#invalid = `no edge after ${widenStepsMax} steps: passes and fails lie in confusion`
  }

  async #standing(users: number): Promise<Standing> {
    let failed = 0
    for (const seed of this.#options.seeds) {
      const known = this.#probes.find((each) => each.users === users && each.seed === seed)
      if (!isPass(known ?? (await this.#probe(users, seed)))) failed++
      if (failed >= 2) return 'fail'
    }
    return failed === 0 ? 'pass' : 'unclear'
  }

  async #probe(users: number, seed: number): Promise<Probed> {
    const first = await this.#options.probe(users, seed, 1)
    const result = first.unsteady ? await this.#options.probe(users, seed, 2) : first
    const probed: Probed = { ...result, users, seed }
    this.#probes.push(probed)
    this.#options.onProbe?.(probed)
    return probed
  }

  #failingAt(users: number | null): readonly string[] {
    const counts = new Map<string, number>()
    for (const each of this.#probes) {
      if (each.users !== users) continue
      for (const what of each.unsteady ? ['unsteady'] : each.failing) counts.set(what, (counts.get(what) ?? 0) + 1)
    }
    return [...counts].toSorted(([, a], [, b]) => b - a).map(([what]) => what)
  }
}

export async function searchLimit(options: SearchOptions): Promise<FoundLimit> {
  return new Search(options).run()
}

function isPass({ passes, unsteady }: Probed): boolean {
  return passes && !unsteady
}
