/**
 * The text of a user's rules after a command, as his own programs find it.
 */
import { expect, test } from 'vitest'
import { editRules, emptyRuleSet } from '../../../src/policy/edit-rules.ts'
import type { RuleChange } from '../../../src/policy/user-rules.ts'
import type { SeeVerdict } from '../../../src/ports/policy.ts'
import { aorOf } from '../../support/server-world.ts'

function say(rule: SeeVerdict | null, ...names: readonly string[]): RuleChange {
  return { rule, watchers: names.map(aorOf) }
}

function edited(text: string, ...changes: readonly RuleChange[]): string {
  return changes.reduce((before, change) => {
    const result = editRules(before, change, 0)
    if (!result.ok) throw new Error(result.message)
    return result.text
  }, text)
}

test('a first rule makes a document that people can read; who is allowed sees everything (RFC 5025 §3.3)', () => {
  expect(edited(emptyRuleSet, say('allow', 'bob', 'carol'))).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<ruleset xmlns="urn:ietf:params:xml:ns:common-policy">
  <rule xmlns="urn:ietf:params:xml:ns:common-policy" id="meridian-allow">
    <conditions><identity>
      <one xmlns="urn:ietf:params:xml:ns:common-policy" id="sip:bob@example.test"/>
      <one xmlns="urn:ietf:params:xml:ns:common-policy" id="sip:carol@example.test"/>
    </identity></conditions>
    <actions><sub-handling xmlns="urn:ietf:params:xml:ns:pres-rules">allow</sub-handling></actions>
    <transformations>
      <provide-devices xmlns="urn:ietf:params:xml:ns:pres-rules"><all-devices/></provide-devices>
      <provide-persons xmlns="urn:ietf:params:xml:ns:pres-rules"><all-persons/></provide-persons>
      <provide-services xmlns="urn:ietf:params:xml:ns:pres-rules"><all-services/></provide-services>
      <provide-all-attributes xmlns="urn:ietf:params:xml:ns:pres-rules"/>
    </transformations>
  </rule>
</ruleset>
`)
})

test('a watcher moves from one rule to another, and a rule that means nobody goes', () => {
  const text = edited(emptyRuleSet, say('allow', 'bob', 'carol'), say('block', 'bob'), say('polite-block', 'carol'))
  expect(text.match(/id="[^"]*"/g)).toEqual([
    'id="meridian-block"',
    'id="sip:bob@example.test"',
    'id="meridian-polite-block"',
    'id="sip:carol@example.test"',
  ])
})

test('saying the same again changes nothing', () => {
  const once = edited(emptyRuleSet, say('block', 'bob', 'carol'))
  expect(edited(once, say('block', 'bob', 'carol'))).toBe(once)
})

test('taking everything back leaves the empty document', () => {
  expect(edited(emptyRuleSet, say('confirm', 'bob'), say(null, 'bob'))).toBe(emptyRuleSet)
})

test('a rule of ours that another program has bent so that it says otherwise is left to that program', () => {
  const bent = edited(emptyRuleSet, say('block', 'bob')).replace('>block<', '>allow<')
  expect(editRules(bent, say('block', 'carol'), 0)).toEqual({
    ok: false,
    message: `the user's own rule "meridian-block" says otherwise of sip:carol@example.test; it must go first`,
  })
})

test('more rules than a document may hold are refused', () => {
  const long = `<!--${'x'.repeat(256 * 1024)}-->`
  expect(editRules(emptyRuleSet + long, say('block', 'bob'), 0)).toEqual({
    ok: false,
    message: 'the user has too many rules already',
  })
})
