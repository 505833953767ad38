/**
 * Whatever a user's programs have written, and whatever is said of watchers by command: the rules say of those what was
 * said last, of others what they said before, and what the programs wrote is still there, byte for byte.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editRules } from '../../src/policy/edit-rules.ts'
import { readRules, verdictOf } from '../../src/policy/rule-set.ts'
import type { RuleChange } from '../../src/policy/user-rules.ts'
import type { SeeVerdict } from '../../src/ports/policy.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'
import { presenceRules, readMarkup } from '../../src/xcap/index.ts'
import { parseXml } from '../../src/xml/index.ts'
import { aorOf } from '../support/server-world.ts'

const people = ['ann', 'ben', 'cora', 'dora'].map(aorOf)
const verdicts: readonly SeeVerdict[] = ['allow', 'block', 'polite-block', 'confirm']
const commonPolicy = 'urn:ietf:params:xml:ns:common-policy'
const presRules = 'urn:ietf:params:xml:ns:pres-rules'

const foreignRule = fc
  .record({
    verdict: fc.constantFrom(...verdicts),
    identity: fc.constantFrom(
      '<c:many/>',
      '<c:many><c:except id="sip:ann@example.test"/></c:many>',
      '<c:one id="sip:ben@example.test"/>',
      "<c:one   id='sip:cora@example.test' />\n<!-- not dora -->",
    ),
    number: fc.nat(9),
  })
  .map(({ verdict, identity, number }) => ({
    number,
    text:
      `<c:rule id="theirs${number}" ><c:conditions><c:identity>${identity}</c:identity></c:conditions>` +
      `<c:actions><p:sub-handling>${verdict}</p:sub-handling></c:actions></c:rule>`,
  }))

const frames: readonly ((rules: string) => string)[] = [
  (rules) => `<c:ruleset xmlns:c="${commonPolicy}" xmlns:p="${presRules}">${rules}</c:ruleset>`,
  (rules) =>
    `<?xml version="1.0"?>\n<c:ruleset xmlns:p='${presRules}' xmlns:c='${commonPolicy}'>\n  ${rules}\n` +
    '</c:ruleset>\n<!-- end -->',
]
const foreignDocument = fc
  .record({
    frame: fc.constantFrom(...frames),
    rules: fc.uniqueArray(foreignRule, { maxLength: 3, selector: ({ number }) => number }),
  })
  .map(({ frame, rules }) => ({ text: frame(rules.map(({ text }) => text).join('\n')), rules }))
const emptyTag = fc.constant({ text: `<c:ruleset xmlns:c="${commonPolicy}" />`, rules: [] })

const change: fc.Arbitrary<RuleChange> = fc.record({
  rule: fc.constantFrom(...verdicts, null),
  watchers: fc.subarray(people, { minLength: 1 }),
})

function says(text: string, aor: Aor): SeeVerdict | null {
  const rules = readRules(readMarkup(text))
  return verdictOf(rules!, { aor, aliases: [], groups: [] }, 0)
}

describe('rules of users by command', () => {
  it('hold as they were said last, and leave everything else as it was', () => {
    fc.assert(
      fc.property(fc.oneof(foreignDocument, emptyTag), fc.array(change, { maxLength: 8 }), (foreign, changes) => {
        let { text } = foreign
        const said = new Map<Aor, SeeVerdict | null>()
        for (const each of changes) {
          const edited = editRules(text, each, 0)
          if (edited.ok) {
            text = edited.text
            for (const aor of each.watchers) said.set(aor, each.rule)
          } else expect(edited.message).toMatch(/^the user's own rule "theirs\d" says otherwise of sip:/)
          checkDocument(text)
          for (const rule of foreign.rules) expect(text).toContain(rule.text)
          for (const aor of people) {
            const rule = said.get(aor) ?? null
            expect(says(text, aor), aor).toBe(rule ?? says(foreign.text, aor))
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('leave nothing behind when all is forgotten', () => {
    fc.assert(
      fc.property(foreignDocument, fc.array(change, { maxLength: 5 }), (foreign, changes) => {
        let { text } = foreign
        for (const each of [...changes, { rule: null, watchers: people }]) {
          const edited = editRules(text, each, 0)
          if (edited.ok) text = edited.text
        }
        expect(text).not.toContain('meridian')
        expect(text.replaceAll(/\s/g, '')).toBe(foreign.text.replaceAll(/\s/g, ''))
      }),
      { numRuns: 200 },
    )
  })
})

/** Well-formed, and valid for XCAP. */
function checkDocument(text: string): void {
  expect(parseXml(Buffer.from(text)).ok, text).toBe(true)
  expect(presenceRules.validate(readMarkup(text), people[0]!)).toBeNull()
}
