/**
 * RFC 4745 §7.3: a rule holds from `from` until `until`. Where it begins or ends, live subscriptions follow by
 * themselves (RFC 3856 §6.6); a validity that nobody can read is refused when it is written (RFC 4825 §8.2.5).
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRules, verdictOf } from '../../../src/policy/rule-set.ts'
import { nextChangeMs } from '../../../src/policy/validity-timers.ts'
import { readMarkup } from '../../../src/xcap/index.ts'
import { aorOf, ServerWorld, startOfTimeMs } from '../../support/server-world.ts'
import { pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'
import { conflictOf, XcapClient } from '../../support/xcap-client.ts'
import { rules, types } from '../../support/xcap-documents.ts'

const minuteMs = 60_000

/** Minutes after the start of time, or whatever is given as text. */
function at(time: number | string): string {
  return typeof time === 'string' ? time : new Date(startOfTimeMs + time * minuteMs).toISOString()
}

function validity(...pairs: readonly (readonly [number | string, number | string])[]): string {
  const intervals = pairs.map(([from, until]) => `<from>${at(from)}</from><until>${at(until)}</until>`)
  return `<validity>${intervals.join('')}</validity>`
}

function rule(id: string, verdict: string, conditions: string): string {
  const action = `<actions><pr:sub-handling>${verdict}</pr:sub-handling></actions>`
  return `<rule id="${id}"><conditions>${conditions}</conditions>${action}</rule>`
}

describe.each([1, 3])('RFC 4745 §7.3 on live subscriptions, with %i workers', (workers) => {
  async function watching(content: string) {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    for (const client of [alice, bob]) client.register()
    publish(bob, pidf('bob', 'here'), [['Expires', '7200']])
    const program = new XcapClient(world, 'bob')
    const put = (rule: string) => program.put(program.path('pres-rules'), types.rules, rules(rule))
    expect(put(content).status).toBe(201)
    subscribe(alice, 'bob', { expires: 7200 })
    return { world, alice, bob, put }
  }

  it('a block that begins ends a subscription that stands, at that moment', async () => {
    const { world, alice } = await watching(rule('a', 'block', validity([10, 20])))
    world.advance(9.9 * minuteMs)
    expect(told(alice)).toEqual(['active here'])
    world.advance(0.2 * minuteMs)
    expect(told(alice)).toEqual(['active here', 'terminated;reason=rejected'])
    expect(subscribe(alice, 'bob', { callId: 'again' }).statusCode).toBe(403)
    world.advance(10 * minuteMs)
    expect(subscribe(alice, 'bob', { callId: 'later' }).statusCode).toBe(200)
  })

  it('what is shown changes at each beginning and end, of several intervals and rules', async () => {
    const { world, alice } = await watching(
      rule('a', 'polite-block', validity([10, 20], [30, 40])) + rule('b', 'confirm', validity([0, 5])),
    )
    expect(told(alice)).toEqual(['pending'])
    const counts: number[] = []
    for (let minute = 5; minute <= 45; minute += 5) {
      world.advance(startOfTimeMs + (minute + 0.1) * minuteMs - world.clock.systemMs())
      counts.push(told(alice).length)
    }
    const turns = ['active here', 'active closed', 'active here', 'active closed', 'active here']
    expect(told(alice)).toEqual(['pending', ...turns])
    expect(counts).toEqual([2, 3, 3, 4, 4, 5, 5, 6, 6])
  })

  it('rules that are replaced end nothing any more', async () => {
    const { world, alice, put } = await watching(rule('a', 'block', validity([10, 20])))
    expect(put(rule('a', 'allow', '')).status).toBe(200)
    world.advance(15 * minuteMs)
    expect(told(alice)).toEqual(['active here'])
  })

  it('also where the worker of the presentity has been started anew', async () => {
    if (workers === 1) return
    const world = await ServerWorld.start({ workers })
    const home = world.coreOf('bob').shard.worker
    // On a flow that outlives that worker.
    const alice = new WireClient(world, 'alice', { worker: world.coreOf('alice').shard.worker })
    expect(world.coreOf('alice').shard.worker).not.toBe(home)
    alice.register()
    const program = new XcapClient(world, 'bob', { worker: world.coreOf('alice').shard.worker })
    const content = rules(rule('a', 'block', validity([10, 20])))
    expect(program.put(program.path('pres-rules'), types.rules, content).status).toBe(201)
    subscribe(alice, 'bob', { expires: 7200 })
    await world.restartWorker(home)
    world.advance(9.9 * minuteMs)
    expect(told(alice).at(-1)).toMatch(/^active/)
    world.advance(0.2 * minuteMs)
    expect(told(alice).at(-1)).toBe('terminated;reason=rejected')
  })

  it('a thousand moments within a second are one', async () => {
    const pairs = Array.from({ length: 500 }, (_, index) => {
      const ms = startOfTimeMs + 10 * minuteMs + index * 2
      return [new Date(ms).toISOString(), new Date(ms + 1).toISOString()] as const
    })
    const { world, alice } = await watching(rule('a', 'polite-block', validity(...pairs)))
    let judged = 0
    world.coreOf('bob').services.policy.onChange((unit, _presentity, done) => {
      judged++
      done(unit)
    })
    world.advance(15 * minuteMs)
    expect(judged).toBeGreaterThan(0)
    expect(judged).toBeLessThanOrEqual(3)
    expect(told(alice).at(-1)).toBe('active here')
  })
})

describe('the next change', () => {
  it('until it comes nothing that the rules say of anybody changes', () => {
    const time = fc.integer({ min: 0, max: 12 })
    const made = fc.record({
      verdict: fc.constantFrom('allow', 'block', 'confirm', 'polite-block'),
      pairs: fc.array(fc.tuple(time, time), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(fc.array(made, { maxLength: 4 }), time, (given, nowMinute) => {
        const text = given.map(({ verdict, pairs }, index) =>
          rule(`r${index}`, verdict, pairs.length === 0 ? '' : validity(...pairs)),
        )
        const read = readRules(readMarkup(rules(text.join(''))))!
        const alice = { aor: aorOf('alice'), aliases: [], groups: [] }
        const nowMs = startOfTimeMs + nowMinute * minuteMs
        const nextMs = nextChangeMs(read, nowMs)
        const now = verdictOf(read, alice, nowMs)
        for (let ms = nowMs; ms < (nextMs ?? startOfTimeMs + 13 * minuteMs); ms += minuteMs) {
          expect(verdictOf(read, alice, ms)).toBe(now)
        }
      }),
    )
  })
})

describe('RFC 4745 §13: a validity that cannot be read', () => {
  it.each([
    ['of words', validity(['yesterday', 20])],
    ['of a day that is not', validity(['2026-02-30T00:00:00Z', 20])],
    ['without an end', `<validity><from>${at(0)}</from></validity>`],
    ['without a beginning', `<validity><until>${at(0)}</until></validity>`],
    ['that is empty', '<validity/>'],
    ['beside one that can', `${validity([0, 1])}${validity([0, 'never'])}`],
  ])('%s is refused, and what was there holds', async (_, condition) => {
    const alice = new XcapClient(await ServerWorld.start(), 'alice')
    const path = alice.path('pres-rules')
    const before = rules(rule('a', 'block', validity([0, 10])))
    expect(alice.put(path, types.rules, before).status).toBe(201)
    expect(conflictOf(alice.put(path, types.rules, rules(rule('a', 'block', condition))))).toBe(
      'schema-validation-error',
    )
    expect(alice.get(path).body).toBe(before)
  })

  it('is refused too where an element of it is put alone', async () => {
    const alice = new XcapClient(await ServerWorld.start(), 'alice')
    alice.put(alice.path('pres-rules'), types.rules, rules(rule('a', 'block', validity([0, 10]))))
    const until = alice.path('pres-rules', 'index', 'ruleset/rule/conditions/validity/until')
    expect(conflictOf(alice.put(until, types.element, '<until>never</until>'))).toBe('schema-validation-error')
    expect(alice.put(until, types.element, `<until>${at(30)}</until>`).status).toBe(200)
  })
})
