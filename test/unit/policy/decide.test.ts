/**
 * The decision, row by row of the table in docs/policy.md.
 */
import { describe, expect, test } from 'vitest'
import { decideMessage, decideSee, type Organisation, type OwnRule } from '../../../src/policy/index.ts'
import type { PolicyParty } from '../../../src/ports/policy.ts'
import type { GroupRule } from '../../../src/ports/records/policy.ts'
import { aorOf } from '../../support/server-world.ts'

const alice: PolicyParty = { aor: aorOf('alice'), aliases: [], groups: ['research', 'staff'] }
const bob: PolicyParty = { aor: aorOf('bob'), aliases: [], groups: ['trading', 'staff'] }

interface Given {
  readonly default?: Organisation['default']
  readonly rules?: readonly string[]
  readonly own?: OwnRule
  readonly unreadable?: boolean
  readonly to?: PolicyParty
}

/** `research trading forbid -`: from, to, see, message. */
function ruleOf(text: string): GroupRule {
  const [from, to, see, message] = text.split(' ').map((word) => (word === '-' ? null : word))
  return { from, to, see, message } as GroupRule
}

/** Alice asks about Bob. */
function check(given: Given): string {
  const { default: preset = 'open', rules = [], own = null, unreadable = false, to = bob } = given
  const organisation = { default: preset, rules: rules.map(ruleOf), unreadable }
  const question = { from: alice, to, own }
  return `${decideSee(organisation, question)}, ${decideMessage(organisation, question)}`
}

describe('nobody says anything', () => {
  test('the default decides who is seen, and nothing about messages', () => {
    expect(check({ default: 'open' })).toBe('allow, allow')
    expect(check({ default: 'prompt' })).toBe('confirm, allow')
    expect(check({ default: 'closed' })).toBe('block, allow')
  })
})

describe('the user says something', () => {
  test('his rule beats the default; a block is one of messages too (DESIGN §8.4)', () => {
    expect(check({ default: 'closed', own: 'allow' })).toBe('allow, allow')
    expect(check({ own: 'block' })).toBe('block, forbid')
    expect(check({ own: 'polite-block' })).toBe('polite-block, polite-block')
    expect(check({ own: 'confirm' })).toBe('confirm, allow')
  })

  test('it beats the organisation’s milder rules', () => {
    expect(check({ rules: ['research trading allow allow'], own: 'block' })).toBe('block, forbid')
    expect(check({ rules: ['research trading prompt allow'], own: 'allow' })).toBe('allow, allow')
  })

  test('it does not beat what the organisation forbids', () => {
    expect(check({ rules: ['research trading forbid forbid'], own: 'allow' })).toBe('block, forbid')
    // Forbidden to be seen is not forbidden to be written to.
    expect(check({ rules: ['research trading forbid -'], own: 'polite-block' })).toBe('block, polite-block')
  })
})

describe('rules between groups', () => {
  test('stand in for the default', () => {
    expect(check({ default: 'closed', rules: ['research trading prompt -'] })).toBe('confirm, allow')
    expect(check({ default: 'closed', rules: ['research trading allow -'] })).toBe('allow, allow')
    expect(check({ rules: ['* * forbid forbid'] })).toBe('block, forbid')
  })

  test('go one way only, and mean nobody who is in neither group', () => {
    expect(check({ rules: ['trading research forbid forbid'] })).toBe('allow, allow')
    expect(check({ rules: ['legal trading forbid forbid', 'research legal forbid forbid'] })).toBe('allow, allow')
  })

  test('the closest counts: both groups named, then one, then none', () => {
    expect(check({ rules: ['* * forbid forbid', 'staff * allow allow'] })).toBe('allow, allow')
    expect(check({ rules: ['* trading forbid forbid', 'staff staff allow allow'] })).toBe('allow, allow')
    expect(check({ rules: ['research trading forbid forbid', '* * allow allow', 'staff * allow -'] })).toBe(
      'block, forbid',
    )
  })

  test('among equals the strictest counts, whatever their order', () => {
    const rules = ['research trading allow allow', 'staff staff prompt -', 'research staff forbid forbid']
    expect(check({ rules })).toBe('block, forbid')
    expect(check({ rules: rules.toReversed() })).toBe('block, forbid')
    expect(check({ rules: ['staff * allow -', '* staff prompt -'] })).toBe('confirm, allow')
  })

  test('a rule that says nothing of an aspect leaves it to the others', () => {
    expect(check({ rules: ['research trading forbid -', '* * - forbid'] })).toBe('block, forbid')
    expect(check({ default: 'prompt', rules: ['research trading - allow', '* * - forbid'] })).toBe('confirm, allow')
  })
})

describe('what is always so', () => {
  test('one sees oneself and writes to oneself', () => {
    const rules = ['* * forbid forbid']
    expect(check({ to: alice, rules, default: 'closed', own: 'block' })).toBe('allow, allow')
    expect(check({ to: alice, unreadable: true, own: 'unreadable' })).toBe('allow, allow')
  })

  test('what is lost lets nobody through (DESIGN §7.6)', () => {
    expect(check({ own: 'unreadable' })).toBe('block, forbid')
    expect(check({ unreadable: true, own: 'allow' })).toBe('block, forbid')
  })
})
