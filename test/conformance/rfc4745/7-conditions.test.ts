/**
 * RFC 4745 §7 and §10: whom a rule means, when it applies, and what several say together.
 */
import { describe, expect, it } from 'vitest'
import { readRules, verdictOf } from '../../../src/policy/rule-set.ts'
import { readMarkup } from '../../../src/xcap/index.ts'
import { aorOf } from '../../support/server-world.ts'

const noonMs = Date.UTC(2026, 5, 1, 12)

function rule(conditions: string, verdict = 'allow', id = 'a'): string {
  return (
    `<cp:rule id="${id}"><cp:conditions>${conditions}</cp:conditions>` +
    `<cp:actions><pr:sub-handling>${verdict}</pr:sub-handling></cp:actions></cp:rule>`
  )
}

/** What the rules say of this name, with these aliases. */
function check(rules: string, name = 'bob', aliases: readonly string[] = []): string | null {
  const namespaces = 'xmlns:cp="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules"'
  const read = readRules(readMarkup(`<cp:ruleset ${namespaces}>${rules}</cp:ruleset>`))
  return verdictOf(read!, { aor: aorOf(name), aliases: aliases.map(aorOf), groups: [] }, noonMs)
}

const one = (...names: readonly string[]) =>
  `<cp:identity>${names.map((name) => `<cp:one id="${name}"/>`).join('')}</cp:identity>`
const many = (inside = '', attributes = '') => `<cp:identity><cp:many${attributes}>${inside}</cp:many></cp:identity>`

describe('RFC 4745 §7.1 identity', () => {
  it('one means that address, however it is written, and any of several', () => {
    expect(check(rule(one('sip:bob@example.test')))).toBe('allow')
    expect(check(rule(one('sip:carol@example.test', ' SIPS:Bob@EXAMPLE.test:5061;transport=tls ')))).toBe('allow')
    expect(check(rule(one('sip:carol@example.test', 'mailto:bob@example.test', '')))).toBeNull()
  })

  it('one means somebody by any of his names', () => {
    expect(check(rule(one('sip:robert@example.test'), 'block'), 'bob', ['robert'])).toBe('block')
  })

  it('many means everybody, or everybody of a domain', () => {
    expect(check(rule(many()))).toBe('allow')
    expect(check(rule(many('', ' domain="EXAMPLE.test"')))).toBe('allow')
    expect(check(rule(many('', ' domain="elsewhere.test"')))).toBeNull()
  })

  it('many but those that are excepted, by address or by domain', () => {
    const except = many('<cp:except id="sip:bob@example.test"/><cp:except domain="elsewhere.test"/>')
    expect(check(rule(except))).toBeNull()
    expect(check(rule(except), 'carol', ['bob'])).toBeNull()
    expect(check(rule(except), 'carol@elsewhere.test')).toBeNull()
    expect(check(rule(except), 'carol')).toBe('allow')
  })

  it('an identity condition that names nobody means nobody; none at all means everybody', () => {
    expect(check(rule('<cp:identity/>'))).toBeNull()
    expect(check(rule(''))).toBe('allow')
    expect(check(rule('').replace('<cp:conditions></cp:conditions>', ''))).toBe('allow')
  })
})

describe('RFC 4745 §7.2 sphere and §7.3 validity', () => {
  const validity = (...pairs: readonly string[]) =>
    `<cp:validity>${pairs
      .map((pair) => pair.split(' '))
      .map(([from, until]) => `<cp:from>${from}</cp:from><cp:until>${until}</cp:until>`)
      .join('')}</cp:validity>`

  it('a rule for a sphere does not apply: nobody says in which the user is', () => {
    expect(check(rule('<cp:sphere value="work"/>'))).toBeNull()
  })

  it('a rule applies within its intervals, in whatever zone they are written', () => {
    expect(check(rule(validity('2026-06-01T11:00:00Z 2026-06-01T12:00:01Z')))).toBe('allow')
    expect(check(rule(validity('2026-06-01T13:30:00+02:00 2026-06-01T14:30:00+02:00')))).toBe('allow')
    expect(check(rule(validity('2026-06-01T11:00:00Z 2026-06-01T12:00:00Z')))).toBeNull()
    expect(
      check(rule(validity('2020-01-01T00:00:00Z 2021-01-01T00:00:00Z', '2026-01-01T00:00:00 2027-01-01T00:00:00'))),
    ).toBe('allow')
  })

  it('an interval that cannot be read holds at no time', () => {
    expect(check(rule(validity('yesterday 2027-01-01T00:00:00Z')))).toBeNull()
    expect(check(rule('<cp:validity><cp:from>2020-01-01T00:00:00Z</cp:from></cp:validity>'))).toBeNull()
  })

  it('conditions of several kinds must all hold', () => {
    const now = validity('2026-01-01T00:00:00Z 2027-01-01T00:00:00Z')
    expect(check(rule(one('sip:bob@example.test') + now))).toBe('allow')
    expect(check(rule(one('sip:carol@example.test') + now))).toBeNull()
  })
})

describe('RFC 4745 §10 combining, RFC 5025 §3.2.1', () => {
  it('the mildest of all rules that apply holds, whatever their order', () => {
    const rules = ['block', 'confirm', 'polite-block', 'allow'].map((verdict, index) =>
      rule(one('sip:bob@example.test'), verdict, `r${index}`),
    )
    for (let count = 1; count <= rules.length; count++) {
      const some = rules.slice(0, count)
      const expected = ['block', 'confirm', 'polite-block', 'allow'][count - 1]
      expect(check(some.join(''))).toBe(expected)
      expect(check(some.toReversed().join(''))).toBe(expected)
    }
  })

  it('a rule without sub-handling says nothing about seeing', () => {
    const silent = rule(many()).replace(/<cp:actions>.*<\/cp:actions>/, '')
    expect(check(silent)).toBeNull()
    expect(check(silent + rule(many(), 'block', 'b'))).toBe('block')
  })

  it('another document is no rule set', () => {
    expect(readRules(readMarkup('<ruleset/>'))).toBeNull()
    expect(readRules(readMarkup('<list xmlns="urn:ietf:params:xml:ns:common-policy"/>'))).toBeNull()
  })
})
