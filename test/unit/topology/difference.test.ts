/** What is different between two topologies: complete, empty for the same content, and the mirror of the way back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Topology, TopologyServer } from '../../../src/ports/topology.ts'
import { differenceLines, isSameTopology, topologyDifference } from '../../../src/topology/index.ts'

const server = fc.record({
  name: fc.constantFrom('a.test', 'b.test', 'c.test', 'd.test'),
  role: fc.constantFrom('home' as const, 'front-end' as const, 'both' as const),
  linkHost: fc.constantFrom('h1.test', 'h2.test'),
  linkPort: fc.constantFrom(5061, 5062),
  clientUri: fc.constantFrom(null, 'sip:x.test'),
})

const topology: fc.Arbitrary<Topology> = fc.record({
  version: fc.integer({ min: 1, max: 3 }),
  domains: fc.uniqueArray(fc.constantFrom('one.test', 'two.test', 'three.test')),
  servers: fc.uniqueArray(server, { selector: ({ name }) => name }),
  deniedFingerprints: fc.uniqueArray(fc.constantFrom('aa', 'bb', 'cc')),
})

const sorted = (servers: readonly TopologyServer[]) => servers.toSorted((a, b) => (a.name < b.name ? -1 : 1))

describe('the difference of two topologies', () => {
  it('leads from one to the other', () => {
    fc.assert(
      fc.property(topology, topology, (before, after) => {
        const difference = topologyDifference(before, after)
        const gone = new Set([...difference.serversRemoved, ...difference.serversChanged.map(({ before: old }) => old)])
        const reached = [
          ...before.servers.filter((each) => !gone.has(each)),
          ...difference.serversAdded,
          ...difference.serversChanged.map(({ after: changed }) => changed),
        ]
        expect(sorted(reached)).toEqual(sorted(after.servers))
        const domains = before.domains.filter((each) => !difference.domainsRemoved.includes(each))
        expect(new Set([...domains, ...difference.domainsAdded])).toEqual(new Set(after.domains))
        const denied = before.deniedFingerprints.filter((each) => !difference.deniedRemoved.includes(each))
        expect(new Set([...denied, ...difference.deniedAdded])).toEqual(new Set(after.deniedFingerprints))
      }),
    )
  })

  it('is empty exactly where the content is the same in any order', () => {
    fc.assert(
      fc.property(topology, topology, (before, after) => {
        const reversed = {
          version: before.version + 1,
          domains: before.domains.toReversed(),
          servers: before.servers.toReversed(),
          deniedFingerprints: before.deniedFingerprints.toReversed(),
        }
        expect(isSameTopology(topologyDifference(before, reversed))).toBe(true)
        const difference = topologyDifference(before, after)
        expect(isSameTopology(difference)).toBe(differenceLines(difference).length === 0)
      }),
    )
  })

  it('is read as what came, went and changed', () => {
    const base = { version: 1, domains: ['a.test'], deniedFingerprints: [] }
    const one = { name: 'x.test', role: 'home', linkHost: 'x.test', linkPort: 5061, clientUri: null } as const
    const other = { ...one, name: 'y.test' }
    const before: Topology = { ...base, servers: [one, other] }
    const after: Topology = {
      ...base,
      version: 2,
      servers: [{ ...one, role: 'both', linkPort: 1, clientUri: 'sip:x.test' }],
    }
    expect(differenceLines(topologyDifference(before, after))).toEqual([
      '- server y.test, home, links at x.test port 5061, clients nowhere',
      '~ server x.test: role home → both, linkPort 5061 → 1, clientUri nowhere → sip:x.test',
    ])
  })
})
