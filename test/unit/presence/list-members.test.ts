/**
 * Members of a watched list, packed: what went in comes out, other names of a user are kept apart from the user, and
 * every name that is counted is given back.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ListedMember, ListMembers, resolve } from '../../../src/presence/lists/list-members.ts'
import { Names } from '../../../src/presence/watching/names.ts'
import { aorOf } from '../../support/server-world.ts'

const domains = ['example.test']
const uris = [...'abcd'].map((user) => `sip:${user}@example.test`)
const pool = [...uris, 'pres:a@example.test', 'sip:a@elsewhere.test', 'tel:+41445550100', 'nonsense']
const members = fc
  .subarray(pool)
  .chain((picked) => fc.shuffledSubarray(picked, { minLength: picked.length }))
  .chain((picked) =>
    fc.tuple(...picked.map((uri) => fc.string({ unit: 'grapheme' }).map((displayName) => ({ uri, displayName })))),
  )

function pack(names: Names, wanted: readonly ListedMember[], former: ListMembers | null = null): ListMembers {
  return new ListMembers(names, wanted, resolve(wanted, domains, former))
}

describe('packed members of a list', () => {
  it('are the members that went in, in their order', () => {
    fc.assert(
      fc.property(members, (wanted) => {
        const packed = pack(new Names(), wanted)
        expect(packed.listed()).toEqual(wanted)
        expect([packed.count, packed.equals(wanted)]).toEqual([wanted.length, true])
        expect(packed.equals([...wanted, { uri: 'sip:new@example.test', displayName: '' }])).toBe(false)
      }),
    )
  })

  it('count the names that they use, over moves and replacements, and give all back', () => {
    const user = fc.constantFrom(...[...'abcd'].map(aorOf))
    fc.assert(
      fc.property(members, members, fc.array(fc.tuple(user, user)), (first, second, moves) => {
        const names = new Names()
        const packed = pack(names, first)
        for (const [from, to] of moves) packed.move(from, to)
        expect(packed.listed()).toEqual(first)
        expect(names.count).toBe(packed.presentities().size)
        const next = pack(names, second, packed)
        packed.release()
        expect(names.count).toBe(next.presentities().size)
        for (const presentity of next.presentities()) {
          expect(next.indexesOf(presentity).map((index) => next.presentityAt(index))).toContain(presentity)
        }
        next.release()
        expect(names.count).toBe(0)
      }),
    )
  })

  it('know of whom an address is another name, also when the list is replaced', () => {
    const names = new Names()
    const wanted = [
      { uri: 'sip:a@example.test', displayName: 'A' },
      { uri: 'sip:b@example.test', displayName: '' },
    ]
    const packed = pack(names, wanted)
    packed.move(aorOf('a'), aorOf('b'))
    expect([packed.indexesOf(aorOf('b')), packed.uriAt(0)]).toEqual([[0, 1], 'sip:a@example.test'])
    const next = pack(names, [wanted[1]!, wanted[0]!], packed)
    expect([next.presentityAt(0), next.presentityAt(1), next.uriAt(1)]).toEqual([
      'sip:b@example.test',
      'sip:b@example.test',
      'sip:a@example.test',
    ])
  })
})
