/**
 * The social graph is what the model says: mean number of contacts ± 1 %, reciprocity 0.70 ± 0.05, clustering at least
 * 0.25, nobody watched by more than 5 % of all.
 */
import { describe, expect, it } from 'vitest'
import { defaultParameters, type Parameters } from '../../../sim/workload/parameters.ts'
import { contactGroups, createPopulation, type Population } from '../../../sim/workload/population.ts'
import { checkPopulation } from '../../../sim/workload/population-checks.ts'

function made(given: Partial<Parameters>, seed = 7): [Population, Parameters] {
  const parameters = { ...defaultParameters('2003'), ...given }
  return [createPopulation(parameters, seed), parameters]
}

function listOf(at: Uint32Array, all: Uint32Array, user: number): number[] {
  return [...all.subarray(at[user]!, at[user + 1]!)]
}

describe('population', () => {
  it.each([
    [2_000, 16, 1],
    [10_000, 16, 2],
    [10_000, 24, 3],
    [10_000, 50, 4],
  ])(
    'of %i users with %i contacts passes its checks',
    (users, contacts, seed) => {
      const checks = checkPopulation(...made({ users, contacts }, seed))
      expect(checks.map(({ check }) => check)).toEqual(['contacts', 'reciprocity', 'clustering', 'watchers'])
      expect(checks.filter(({ ok }) => !ok)).toEqual([])
    },
    60_000,
  )

  it.each([
    [2, 1],
    [3, 1],
    [10, 4],
    [12, 5],
    [30, 12],
    [101, 50],
    [300, 16],
    [1_500, 6],
  ])('of %i users with %i contacts has each contact once, never oneself, and watchers to match', (users, contacts) => {
    const [population] = made({ users, contacts })
    const watched = Array.from({ length: users }, (): number[] => [])
    for (let user = 0; user < users; user++) {
      const own = listOf(population.contactsAt, population.contacts, user)
      expect(new Set(own).size).toBe(own.length)
      expect(own).not.toContain(user)
      for (const contact of own) watched[contact]!.push(user)
    }
    for (let user = 0; user < users; user++) {
      expect(listOf(population.watchersAt, population.watchers, user)).toEqual(watched[user])
    }
    expect(Math.abs(population.contacts.length / users / contacts - 1)).toBeLessThan(users < 100 ? 0.1 : 0.01)
  })

  it('has the long tail of contact lists: 24.5 % with 100 or more at a mean of 80', () => {
    const [{ contactsAt }] = made({ users: 4_000, contacts: 80 })
    const long = Array.from({ length: 4_000 }, (_, user) => contactsAt[user + 1]! - contactsAt[user]!)
    const share = long.filter((count) => count >= 100).length / 4_000
    expect(Math.abs(share - 0.245)).toBeLessThan(0.01)
    expect(Math.max(...long)).toBeLessThanOrEqual(1_000)
  })

  it('has most contacts in the own team, and teams that are ranges of users', () => {
    const [{ contactsAt, contacts, teamAt }] = made({ users: 5_000 })
    const teamOf = new Uint32Array(5_000)
    for (let team = 0; team + 1 < teamAt.length; team++) teamOf.fill(team, teamAt[team], teamAt[team + 1])
    let inTeam = 0
    for (let user = 0; user < 5_000; user++) {
      for (const contact of listOf(contactsAt, contacts, user)) if (teamOf[contact] === teamOf[user]) inTeam++
    }
    // 60 %, less what small teams have no room for.
    expect(inTeam / contacts.length).toBeGreaterThan(0.45)
    expect(inTeam / contacts.length).toBeLessThan(0.65)
  })

  it('has devices by their mean, 1 to 5', () => {
    const [{ devices }] = made({ users: 5_000, devices: 1.5 })
    expect(Math.abs(devices.reduce((sum, count) => sum + count, 0) / 5_000 - 1.5)).toBeLessThan(0.03)
    expect(Math.min(...devices)).toBe(1)
    expect(made({ users: 50 })[0].devices.every((count) => count === 1)).toBe(true)
  })

  it('has 4 groups in a list on average, never more than 64', () => {
    const groupsOf = (groups: number): number[] => {
      const parameters = { ...defaultParameters('2003'), groups }
      return Array.from({ length: 3_000 }, (_, user) => contactGroups(parameters, 7, user))
    }
    const four = groupsOf(4)
    expect(Math.abs(four.reduce((sum, count) => sum + count, 0) / four.length - 4)).toBeLessThan(0.15)
    expect(Math.min(...four)).toBe(1)
    expect(Math.max(...groupsOf(64))).toBe(64)
  })

  it('is the same for the same seed, and another one for another', () => {
    const contactsOf = (seed: number): number[] => [...made({ users: 400 }, seed)[0].contacts]
    expect(contactsOf(5)).toEqual(contactsOf(5))
    expect(contactsOf(5)).not.toEqual(contactsOf(6))
  })
})
