/**
 * Presence rules as documents (RFC 5025 §9, RFC 4745): which are taken. What follows from them is policy's.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { conflictOf, XcapClient } from '../../support/xcap-client.ts'
import { rules, types } from '../../support/xcap-documents.ts'

let alice: XcapClient

beforeEach(async () => {
  alice = new XcapClient(await ServerWorld.start(), 'alice')
})

function put(content: string) {
  return alice.put(alice.path('pres-rules'), types.rules, rules(content))
}

const whole = `<rule id="a">
  <conditions>
    <identity>
      <one id="sip:bob@example.test"/>
      <many domain="example.test"><except id="sip:mallory@example.test"/></many>
    </identity>
    <sphere value="work"/>
    <validity><from>2026-01-01T00:00:00Z</from><until>2027-01-01T00:00:00Z</until></validity>
  </conditions>
  <actions><pr:sub-handling>allow</pr:sub-handling></actions>
  <transformations>
    <pr:provide-services><pr:service-uri-scheme>sip</pr:service-uri-scheme></pr:provide-services>
    <pr:provide-persons><pr:all-persons/></pr:provide-persons>
    <pr:provide-devices><pr:deviceID>urn:uuid:1</pr:deviceID></pr:provide-devices>
    <pr:provide-activities>true</pr:provide-activities>
    <pr:provide-user-input>bare</pr:provide-user-input>
    <pr:provide-unknown-attribute ns="urn:x" name="y">1</pr:provide-unknown-attribute>
  </transformations>
</rule>`

describe('RFC 5025 §9.3: what is a document of presence rules', () => {
  test('all of the conditions, actions and transformations', () => {
    expect(put(whole).status).toBe(201)
    expect(alice.get(alice.path('pres-rules'))).toMatchObject({ body: rules(whole), type: types.rules })
  })

  test('the two names of the usage are one document', () => {
    expect(put(whole).status).toBe(201)
    const other = alice.path('org.openmobilealliance.pres-rules')
    expect(alice.get(other).body).toBe(rules(whole))
    expect(alice.put(other, types.rules, rules('')).status).toBe(200)
    expect(alice.get(alice.path('pres-rules')).body).toBe(rules(''))
  })

  test('rules have names, each of its own', () => {
    expect(conflictOf(put('<rule/>'))).toBe('schema-validation-error')
    expect(conflictOf(put('<rule id="1 a"/>'))).toBe('schema-validation-error')
    expect(conflictOf(put('<rule id="a"/><rule id="a"/>'))).toBe('uniqueness-failure')
  })

  test('what nobody could obey is refused: unknown words and elements of these namespaces', () => {
    for (const content of [
      '<rule id="a"><actions><pr:sub-handling>perhaps</pr:sub-handling></actions></rule>',
      '<rule id="a"><actions><pr:sub-handling/></actions></rule>',
      '<rule id="a"><actions><pr:forbid/></actions></rule>',
      '<rule id="a"><conditions><moon/></conditions></rule>',
      '<rule id="a"><conditions><identity><one/></identity></conditions></rule>',
      '<rule id="a"><transformations><pr:provide-mood>maybe</pr:provide-mood></transformations></rule>',
      '<rule id="a"><actions/><actions/></rule>',
    ]) {
      expect([content, conflictOf(put(content))]).toEqual([content, 'schema-validation-error'])
    }
  })

  test('conditions and actions of other namespaces are kept', () => {
    const foreign =
      '<rule id="a"><conditions><o:other-identity xmlns:o="urn:oma:xml:prs:pres-rules"/></conditions>' +
      '<actions><pr:sub-handling>block</pr:sub-handling><o:x xmlns:o="urn:o">y</o:x></actions></rule>'
    expect(put(foreign).status).toBe(201)
    expect(alice.get(alice.path('pres-rules')).body).toBe(rules(foreign))
  })
})
