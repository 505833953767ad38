/**
 * End-to-end verification of messages and presence (sim/verify): what is right passes, and each kind of wrong is named
 * with who and which.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Board } from '../../../sim/verify/board.ts'
import { Findings } from '../../../sim/verify/findings.ts'
import { decodeMark, encodeMark, markBytes } from '../../../sim/verify/mark.ts'
import { MessageVerifier } from '../../../sim/verify/message-verifier.ts'
import { PairTable } from '../../../sim/verify/pair-table.ts'
import { neverTold, PresenceVerifier } from '../../../sim/verify/presence-verifier.ts'
import { mayStillCome, reconcile } from '../../../sim/verify/reconcile.ts'
import { readStates, versionText } from '../../../sim/verify/told-states.ts'

const seed = 7

describe('the mark at the end of a message', () => {
  const numbers = fc.integer({ min: 0, max: 2 ** 24 - 1 })
  it('is read as it was written, behind any text', () => {
    fc.assert(
      fc.property(numbers, numbers, numbers, fc.integer({ min: 0, max: 2 ** 47 }), (from, to, number, dueUs) => {
        const mark = { from, to, number, dueUs }
        const text = encodeMark(mark, seed)
        expect(text).toMatch(/^[\w-]{24}$/)
        expect(decodeMark(Buffer.from(`hello ${text}`), seed)).toEqual(mark)
      }),
    )
  })

  it('is not that of another run, of changed bytes, or of something short', () => {
    const text = encodeMark({ from: 1, to: 2, number: 3, dueUs: 4 }, seed)
    expect(decodeMark(Buffer.from(text), seed + 1)).toBeNull()
    expect(decodeMark(Buffer.from(text.slice(1)), seed)).toBeNull()
    for (let at = 8; at < markBytes; at++) {
      const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
      expect(decodeMark(Buffer.from(changed), seed)).toBeNull()
    }
  })
})

describe('a table of pairs', () => {
  it('is a map, however it grows and is pruned', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** 40 }), fc.nat(1000))), (entries) => {
        const [table, map] = [new PairTable(2, 4), new Map<number, number>()]
        for (const [key, value] of entries) {
          table.set(table.row(key), 1, value)
          map.set(key, value)
        }
        table.prune((key) => key % 3 === 0)
        for (const key of [...map.keys()]) if (key % 3 === 0) map.delete(key)
        expect(new Map([...table.entries()].map(([key, row]) => [key, table.get(row, 1)]))).toEqual(map)
      }),
    )
  })
})

function world() {
  const board = new Board(10)
  const findings = new Findings()
  const verifier = new MessageVerifier(board, findings, seed)
  const send = (from: number, to: number) => {
    const number = verifier.next(from, to)
    verifier.accepted(from, to, number)
    return Buffer.from(`text ${encodeMark({ from, to, number, dueUs: 1 }, seed)}`)
  }
  const arrive = (to: number, body: Buffer, device = 0, isExcused = false, isInSession = false) =>
    verifier.arrived(to, device, body, 5e6, { isExcused, isInSession })
  const compare = (isThere = true) => {
    const users = Array.from({ length: 10 }, (_, user) => user)
    const different = users.filter((user) => !board.sumsAgree(user))
    reconcile(verifier.report(new Set(different)), findings, () => isThere)
    return findings.toRecord()
  }
  return { board, findings, verifier, send, arrive, compare }
}

describe('messages', () => {
  it('that all come once and in order are clean', () => {
    const { send, arrive, compare } = world()
    for (let count = 0; count < 300; count++) arrive(2, send(1, 2))
    expect(compare()).toMatchObject({ lost: 0, duplicates: 0, misordered: 0, neverSent: 0, checked: 300, examples: [] })
  })

  it.each([0, 1, 50, 298, 299])('one that is lost (index %i of 300) is named', (lost) => {
    const { send, arrive, compare } = world()
    for (let count = 0; count < 300; count++) {
      const body = send(1, 2)
      if (count !== lost) arrive(2, body)
    }
    const examples = [`lost: message ${lost + 1} from u1 to u2 was accepted and did not arrive`]
    expect(compare()).toMatchObject({ lost: 1, misordered: 0, examples })
  })

  it('of a pair of which none came are lost', () => {
    const { send, compare } = world()
    send(1, 2)
    expect(compare()).toMatchObject({ lost: 1 })
  })

  it('that were refused, or have no answer, may be missing; and may have come', () => {
    const { verifier, send, arrive, compare } = world()
    arrive(2, send(1, 2))
    verifier.refused(1, 2, verifier.next(1, 2))
    verifier.open(1, 2, verifier.next(1, 2))
    const open = verifier.next(1, 2)
    verifier.open(1, 2, open)
    arrive(2, Buffer.from(encodeMark({ from: 1, to: 2, number: open, dueUs: 1 }, seed)))
    expect(compare()).toMatchObject({ lost: 0, neverSent: 0 })
  })

  it('that have no answer yet are not taken for accepted, whatever else came of the pair', () => {
    const { verifier, send, arrive, compare } = world()
    arrive(2, send(1, 2))
    verifier.next(1, 2)
    // It came before its answer did, so that the sums differ.
    const early = verifier.next(1, 2)
    arrive(2, Buffer.from(encodeMark({ from: 1, to: 2, number: early, dueUs: 1 }, seed)))
    expect(compare()).toMatchObject({ lost: 0, neverSent: 0 })
  })

  it('that the server keeps (202) may still come; after 200, or to nobody who is there, they may not', () => {
    const waitingFor = (isKept: boolean, isThere: boolean, doesArrive: boolean) => {
      const { verifier, arrive, compare } = world()
      const number = verifier.next(1, 2)
      verifier.accepted(1, 2, number, isKept)
      if (doesArrive) arrive(2, Buffer.from(encodeMark({ from: 1, to: 2, number, dueUs: 1 }, seed)))
      const reports = verifier.report(new Set([2]))
      return [mayStillCome(reports, () => isThere), compare(isThere).lost]
    }
    expect(waitingFor(true, true, false)).toEqual([true, 1])
    expect(waitingFor(false, true, false)).toEqual([false, 1])
    expect(waitingFor(true, false, false)).toEqual([false, 0])
    expect(waitingFor(true, true, true)).toEqual([false, 0])
  })

  it('that wait for somebody who is away are not lost', () => {
    const { send, compare } = world()
    send(1, 2)
    expect(compare(false)).toMatchObject({ lost: 0 })
  })

  it('that come twice are named, unless a planned fault may have eaten the answer', () => {
    const { send, arrive, compare } = world()
    const body = send(1, 2)
    arrive(2, body)
    arrive(2, body)
    arrive(2, body, 0, true)
    const examples = ['duplicates: message 1 from u1 to u2 (device 0) came twice']
    expect(compare()).toMatchObject({ duplicates: 1, excepted: 1, lost: 0, examples })
  })

  it('are no doubles on two devices of one user, and count once', () => {
    const { send, arrive, compare } = world()
    const body = send(1, 2)
    expect(arrive(2, body, 0)?.isFirst).toBe(true)
    expect(arrive(2, body, 1)?.isFirst).toBe(false)
    expect(compare()).toMatchObject({ duplicates: 0, lost: 0 })
  })

  it('of a session may overtake what the server keeps; of the same way none may', () => {
    const { findings, send, arrive, compare } = world()
    const [kept, said, later, last] = [send(1, 2), send(1, 2), send(1, 2), send(1, 2)]
    arrive(2, said, 0, false, true)
    arrive(2, kept)
    expect(findings.isClean).toBe(true)
    arrive(2, last, 0, false, true)
    arrive(2, later, 0, false, true)
    const examples = ['misordered: message 3 from u1 to u2 (device 0) came after 4']
    expect(compare()).toMatchObject({ misordered: 1, lost: 0, duplicates: 0, examples })
  })

  it('that are swapped are named', () => {
    const { send, arrive, compare } = world()
    const [one, two] = [send(1, 2), send(1, 2)]
    arrive(2, two)
    arrive(2, one)
    const examples = ['misordered: message 1 from u1 to u2 (device 0) came after 2']
    expect(compare()).toMatchObject({ misordered: 1, lost: 0, duplicates: 0, examples })
  })

  it('that come to the wrong user, or that nobody sent, are named', () => {
    const { send, arrive, compare, verifier } = world()
    arrive(3, send(1, 2))
    arrive(4, Buffer.from('spam'))
    const unknown = Buffer.from(encodeMark({ from: 5, to: 6, number: 1, dueUs: 1 }, seed))
    verifier.arrived(6, 0, unknown, 1, { isExcused: false, isInSession: false })
    expect(compare()).toMatchObject({ unauthorised: 1, neverSent: 2, lost: 1 })
  })

  it('any arrivals are judged as a plain list of them would be', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 80 }), (arrivals) => {
        const { send, arrive, compare } = world()
        const bodies = Array.from({ length: 40 }, () => send(1, 2))
        const seen = new Set<number>()
        let [highest, duplicates, misordered] = [-1, 0, 0]
        for (const index of arrivals) {
          if (seen.has(index)) duplicates++
          else if (index < highest) misordered++
          seen.add(index)
          highest = Math.max(highest, index)
          arrive(2, bodies[index]!)
        }
        expect(compare()).toMatchObject({ duplicates, misordered, lost: 40 - seen.size, neverSent: 0 })
      }),
    )
  })
})

describe('presence', () => {
  const setUp = () => {
    const board = new Board(10)
    const findings = new Findings()
    return { board, findings, verifier: new PresenceVerifier(board, findings) }
  }
  const state = (version: number) => ({ version, dueUs: 0 })

  it('that goes forward and ends with the newest is clean', () => {
    const { board, findings, verifier } = setUp()
    let seen = neverTold
    for (let count = 0; count < 3; count++) {
      const version = board.nextVersion(1)
      board.confirm(1, 0, version)
      seen = verifier.told(2, 1, state(version), seen).seen
    }
    expect(verifier.isConverged(1, seen)).toBe(true)
    expect(findings.isClean).toBe(true)
  })

  it('that goes back is stale, and is not forgotten behind an absence', () => {
    const { board, findings, verifier } = setUp()
    for (let count = 0; count < 3; count++) board.nextVersion(1)
    board.confirm(1, 0, 3)
    let seen = verifier.told(2, 1, state(3), neverTold).seen
    seen = verifier.told(2, 1, state(0), seen).seen
    seen = verifier.told(2, 1, state(2), seen).seen
    expect(findings.toRecord().examples).toEqual(['stale: u2 saw version 2 of u1 after version 3'])
    expect(verifier.isConverged(1, seen)).toBe(false)
  })

  it('of an older device is no step back when the newer one has gone', () => {
    const { board, findings, verifier } = setUp()
    board.confirm(1, 0, board.nextVersion(1))
    board.confirm(1, 1, board.nextVersion(1))
    const seen = verifier.told(2, 1, state(2), neverTold).seen
    board.confirm(1, 1, 0)
    expect(verifier.isConverged(1, verifier.told(2, 1, state(1), seen).seen)).toBe(true)
    expect(findings.isClean).toBe(true)
  })

  it('that nobody published, and of somebody who is not watched, is named', () => {
    const { findings, verifier } = setUp()
    verifier.told(2, 1, state(9), neverTold)
    verifier.foreign(2, 3)
    expect(findings.toRecord()).toMatchObject({ neverSent: 1, unauthorised: 1 })
  })

  it('is read from single documents and from the parts of a list', () => {
    const document = (user: number, text: string) =>
      `<presence entity="pres:u${user}@x"><note>${text}</note></presence>`
    const list =
      `--b\r\n\r\n<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:l@x"/>\r\n` +
      `--b\r\n\r\n${document(3, versionText(12, 99))}\r\n--b\r\n\r\n${document(4, 'away')}\r\n--b\r\n\r\n` +
      `${document(5, `${versionText(7, 70)}</note><note>${versionText(9, 90)}`)}\r\n--b--`
    const told: unknown[] = []
    readStates(
      list,
      (name) => Number(name.slice(1)),
      (user, { version, dueUs }) => told.push([user, version, dueUs]),
    )
    expect(told).toEqual([
      [3, 12, 99],
      [4, 0, 0],
      [5, 9, 90],
    ])
  })
})
