/**
 * Facts for a destination that is down or slow (P4): of each pair of watcher and presentity the newest word leaves, in
 * its place in the order, and no message is too long for one unit of work.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { type Verdict, watchesInMessageMax } from '../../../src/ports/presence-bus.ts'
import { WaitingFacts } from '../../../src/ports/waiting-facts.ts'
import { aorOf } from '../../support/played-messages.ts'

const alice = aorOf('alice')

/** One word about one pair, or the begin or end of a naming, as the other side reads them one after the other. */
function wordsOf(message: BusMessage): string[] {
  if (message.kind === 'naming') return [`naming ${message.phase}`]
  if (message.kind === 'verdicts') {
    return message.verdicts.map(({ presentity, verdict }) => `verdict ${presentity} ${message.watcher}: ${verdict}`)
  }
  if (message.kind !== 'watches') throw new Error(message.kind)
  return message.entries.map(({ presentity }) => `watch ${presentity} ${message.watcher}: ${message.isWanted}`)
}

function watches(watcher: string, presentities: readonly string[], isWanted = true): BusMessage {
  const aor = aorOf(watcher)
  const party = { aor, aliases: [], groups: [] }
  const entries = presentities.map((each) => ({ presentity: aorOf(each), known: null }))
  return { kind: 'watches', worker: 0, watcher: aor, party, isWanted, number: 1, entries }
}

function verdicts(watcher: string, presentities: readonly string[], verdict: Verdict['verdict']): BusMessage {
  const each = { verdict, state: null, mainAor: null }
  return {
    kind: 'verdicts',
    heard: 1,
    watcher: aorOf(watcher),
    verdicts: presentities.map((name) => ({ ...each, presentity: aorOf(name) })),
  }
}

const names = fc.uniqueArray(fc.constantFrom('bob', 'carol', 'dave', 'erin'), { minLength: 1 })
const someone = fc.constantFrom('alice', 'zoe')
const messages: fc.Arbitrary<BusMessage> = fc.oneof(
  fc.tuple(someone, names, fc.boolean()).map(([watcher, list, isWanted]) => watches(watcher, list, isWanted)),
  fc
    .tuple(someone, names, fc.constantFrom('allow' as const, 'block' as const))
    .map(([watcher, list, verdict]) => verdicts(watcher, list, verdict)),
  fc.constantFrom('begin' as const, 'end' as const).map((phase) => ({ kind: 'naming', worker: 0, phase }) as const),
)

it('P4: of every pair the newest word leaves, and nothing overtakes what was said after its own older word', () => {
  fc.assert(
    fc.property(fc.array(messages, { maxLength: 20 }), (said) => {
      const facts = new WaitingFacts()
      const expected = new Map<string, string>()
      for (const message of said) {
        expect(facts.add(message)).toBe(true)
        for (const word of wordsOf(message)) {
          const key = word.split(':').slice(0, -1).join(':') || word
          expected.delete(key)
          expected.set(key, word)
        }
      }
      expect(facts.take().flatMap(wordsOf)).toEqual([...expected.values()])
      expect([facts.isEmpty, facts.take()]).toEqual([true, []])
    }),
    { numRuns: 500 },
  )
})

it('a list that was named contact by contact leaves as one message, a long one in slices', () => {
  const facts = new WaitingFacts()
  const contacts = Array.from({ length: watchesInMessageMax + 20 }, (_, index) => `user${index}`)
  for (const contact of contacts) facts.add(watches('alice', [contact]))
  const left = facts.take()
  expect(left.map((message) => (message.kind === 'watches' ? message.entries.length : 0))).toEqual([100, 20])
})

it('messages that others hold are left as they are', () => {
  const facts = new WaitingFacts()
  const given = [watches('alice', ['bob']), watches('alice', ['carol'])]
  for (const each of given) facts.add(each)
  expect(facts.take().flatMap(wordsOf)).toHaveLength(2)
  expect(given.map(wordsOf)).toEqual([[`watch sip:bob@example.test ${alice}: true`], [wordsOf(given[1]!)[0]]])
})

it('asks and replies are not kept', () => {
  const facts = new WaitingFacts()
  const from = { worker: 1, incarnation: 1, half: 'edge', number: 3 } as const
  expect(facts.add({ kind: 'cancel', from })).toBe(false)
  expect(facts.isEmpty).toBe(true)
})

it('some of them leave, the others wait on', () => {
  const facts = new WaitingFacts()
  for (const name of ['bob', 'carol', 'dave']) facts.add({ kind: 'epoch', aor: aorOf(name), epoch: 1 })
  const aors = (messages: readonly BusMessage[]) => messages.map((each) => (each.kind === 'epoch' ? each.aor : ''))
  expect(aors(facts.take(2))).toEqual([aorOf('bob'), aorOf('carol')])
  expect(aors(facts.take(2))).toEqual([aorOf('dave')])
})

it('what did not arrive is said again, before what came later, unless that is newer', () => {
  const facts = new WaitingFacts()
  const epoch = (name: string, number: number): BusMessage => ({ kind: 'epoch', aor: aorOf(name), epoch: number })
  facts.add(epoch('bob', 1))
  facts.add(epoch('carol', 1))
  const lost = facts.take()
  facts.add(epoch('dave', 1))
  facts.add(epoch('bob', 2))
  facts.giveBack(lost)
  expect(facts.take()).toEqual([epoch('carol', 1), epoch('dave', 1), epoch('bob', 2)])
})

it('P3: who may not see a state any more hears so before one that waits', () => {
  const state = (number: number): BusMessage => {
    const version = { incarnation: 1, number }
    return { kind: 'state', presentity: aorOf('bob'), version, document: Buffer.from('here'), causeMs: 0 }
  }
  const [block, allow] = [verdicts('zoe', ['bob'], 'block'), verdicts('alice', ['bob'], 'allow')]
  const facts = new WaitingFacts()
  for (const each of [state(1), allow, block, verdicts('zoe', ['carol'], 'block')]) facts.add(each)
  const kinds = () => facts.take().map((each) => (each.kind === 'state' ? 'state' : wordsOf(each).join()))
  const [allowed, blocked] = [wordsOf(allow).join(), wordsOf(block).join()]
  expect(kinds()).toEqual([allowed, blocked, 'state', wordsOf(verdicts('zoe', ['carol'], 'block')).join()])
  // Also where it had left, and did not arrive.
  facts.add(state(2))
  const lost = facts.take()
  facts.add(block)
  facts.giveBack(lost)
  expect(kinds()).toEqual([blocked, 'state'])
  // Who may see it is told in the order of time.
  for (const each of [state(3), allow]) facts.add(each)
  expect(kinds()).toEqual(['state', allowed])
})
