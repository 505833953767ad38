/**
 * The search for the limit (CAPACITY I.1 to I.3) over probes that are made up: clear edges, noisy ones, loads that do
 * not settle.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CannotProbe, type ProbeResult } from '../../../sim/limit/probe.ts'
import { type FoundLimit, type SearchOptions, searchLimit } from '../../../sim/limit/search.ts'

const seeds = [7, 8, 9]

function result(passes: boolean, part = 0.5, unsteady = false): ProbeResult {
  return { passes, unsteady, use: { cpu: { use: part, target: 0.7 } }, failing: passes ? [] : ['cpu'] }
}

type Made = (users: number, seed: number, windowFactor: 1 | 2) => ProbeResult

function search(made: Made, options: Partial<SearchOptions> = {}): Promise<FoundLimit> {
  const probe: SearchOptions['probe'] = async (...asked) => made(...asked)
  return searchLimit({ probe, seeds, startUsers: 1_000, usersMin: 10, usersMax: 1_000_000, ...options })
}

const edgeAt =
  (edge: number): Made =>
  (users) =>
    result(users <= edge, (users / edge) * 0.7)

/** The same load and seed always come to the same: chance that is fixed, a number of 0 … 1. */
function chance(users: number, seed: number): number {
  const mixed = Math.imul(users ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}

describe('I.1: the largest load that passes', () => {
  test('is found to within 5 % wherever a clear edge is, with few probes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 10, max: 900_000 }), async (edge) => {
        const { limit, bracket, isNoisy, invalid, probes } = await search(edgeAt(edge))
        expect({ isNoisy, invalid }).toEqual({ isNoisy: false, invalid: null })
        expect(limit).toBeLessThanOrEqual(edge)
        expect(bracket.fail).toBeGreaterThan(edge)
        expect(bracket.fail! / limit! <= 1.05 || bracket.fail! - limit! === 1).toBe(true)
        expect(probes.length).toBeLessThanOrEqual(11 + 5 + 4)
      }),
    )
  })

  test('begins at 1,000 users, doubles, and bisects geometrically', async () => {
    const { probes } = await search(edgeAt(3_000))
    expect(probes.map(({ users }) => users).slice(0, 4)).toEqual([1_000, 2_000, 4_000, 2_828])
  })

  test('is not claimed beyond what was tried', async () => {
    const { limit, bracket } = await search(() => result(true, 0.01), { usersMax: 5_000 })
    expect({ limit, bracket }).toEqual({ limit: 5_000, bracket: { pass: 5_000, fail: null } })
  })

  test('is none where not even the least load passes, and what fails is named', async () => {
    const { limit, bracket, failing, invalid } = await search(() => result(false))
    expect({ limit, invalid, failing }).toEqual({ limit: null, invalid: null, failing: ['cpu'] })
    expect(bracket).toEqual({ pass: null, fail: 10 })
  })

  test('refuses bounds that cannot be', async () => {
    await expect(search(edgeAt(5), { usersMin: 2_000 })).rejects.toThrow('not between')
    await expect(search(edgeAt(5), { seeds: [1] })).rejects.toThrow('three seeds')
  })
})

describe('I.2: the edge is run with three seeds', () => {
  test('the limit passed with all of them and the load above failed with two', async () => {
    const { limit, bracket, probes } = await search(edgeAt(3_000))
    const at = (load: number | null) => probes.filter(({ users }) => users === load)
    expect(at(limit).map(({ seed, passes }) => [seed, passes])).toEqual(seeds.map((seed) => [seed, true]))
    expect(at(bracket.fail).filter(({ passes }) => !passes)).toHaveLength(2)
  })

  test('one seed of three that fails moves the edge down, and it is called noisy', async () => {
    const { limit, isNoisy } = await search((users, seed) => result(users <= (seed === 8 ? 2_500 : 3_000)))
    expect(isNoisy).toBe(true)
    expect(limit).toBeLessThanOrEqual(2_500)
    expect(limit).toBeGreaterThan(2_500 / 1.1 / 1.1)
  })

  test('a first seed that was unlucky does not make the limit lower', async () => {
    const { limit, isNoisy } = await search((users, seed) => result(users <= (seed === 7 ? 2_000 : 3_000)))
    expect(isNoisy).toBe(true)
    expect(limit).toBeLessThanOrEqual(2_000)
  })

  test('with any noise it ends, and what it says is what its probes say', async () => {
    const edges = fc.integer({ min: 200, max: 100_000 })
    await fc.assert(
      fc.asyncProperty(
        edges,
        fc.double({ min: 0.01, max: 0.4, noNaN: true }),
        fc.nat(1_000),
        async (edge, width, salt) => {
          const found = await search((users, seed) => {
            const luck = 2 * chance(users, seed + salt) - 1
            return result(users <= edge * (1 + width * luck))
          })
          if (found.limit === null) return
          const at = (load: number | null) => found.probes.filter(({ users }) => users === load)
          expect(at(found.limit).map(({ passes }) => passes)).toEqual([true, true, true])
          expect(found.limit).toBeLessThanOrEqual(edge * (1 + width))
          expect(found.limit).toBeGreaterThanOrEqual((edge * (1 - width)) / 1.1 / 1.1 - 2)
          if (found.bracket.fail !== null)
            expect(at(found.bracket.fail).filter(({ passes }) => !passes)).toHaveLength(2)
        },
      ),
    )
  })

  test('confusion without an edge ends as invalid or with a limit that passed, never without end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (salt) => {
        const { limit, invalid, probes } = await search((users, seed) => result(chance(users, seed + salt) < 0.6))
        expect(probes.length).toBeLessThan(150)
        if (limit !== null) expect(invalid).toBeNull()
      }),
    )
  })
})

describe('I.3: loads that do not settle', () => {
  test('get a window of twice the length, once', async () => {
    const asked: string[] = []
    const made: Made = (users, seed, factor) => {
      if (seed === 7) asked.push(`${users}×${factor}`)
      return result(users <= 1_500, 0.5, factor === 1)
    }
    const { limit, invalid } = await search(made)
    expect(asked.slice(0, 4)).toEqual(['1000×1', '1000×2', '2000×1', '2000×2'])
    expect(invalid).toBeNull()
    expect(limit).toBeGreaterThan(1_400)
  })

  test('near the limit count as failed', async () => {
    const { limit, failing, invalid } = await search((users) => result(users <= 3_000, 0.5, users > 2_000))
    expect(invalid).toBeNull()
    expect(failing[0]).toBe('unsteady')
    expect(limit).toBeGreaterThan(1_900)
    expect(limit).toBeLessThanOrEqual(2_000)
  })

  test('far below a load that passes make the search invalid', async () => {
    const { limit, invalid } = await search((users) => result(users <= 9_000, 0.5, users === 2_000))
    expect(limit).toBeNull()
    expect(invalid).toContain('unsteady at 2000 users, while 4000 passed')
  })

  test('at any number of users make it invalid', async () => {
    const { limit, invalid } = await search(() => result(true, 0.1, true))
    expect(limit).toBeNull()
    expect(invalid).toContain('no load settled')
  })
})

describe('a load that cannot be tried', () => {
  test('ends the search, which keeps what it has found and claims nothing', async () => {
    const { limit, invalid, probes } = await search((users) => {
      if (users > 2_000) throw new CannotProbe('too few file descriptors')
      return result(true)
    })
    expect({ limit, invalid, probes: probes.length }).toEqual({
      limit: null,
      invalid: 'too few file descriptors',
      probes: 2,
    })
  })

  test('a mistake of ours is no result', async () => {
    const broken = search(() => {
      throw new TypeError('x is not a function')
    })
    await expect(broken).rejects.toThrow(TypeError)
  })
})
