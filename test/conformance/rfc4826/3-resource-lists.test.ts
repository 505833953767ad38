/**
 * The application usage resource-lists (RFC 4826 §3).
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { conflictOf, XcapClient } from '../../support/xcap-client.ts'
import { lists, types } from '../../support/xcap-documents.ts'

let alice: XcapClient

beforeEach(async () => {
  alice = new XcapClient(await ServerWorld.start(), 'alice')
})

function put(content: string) {
  return alice.put(alice.path('resource-lists'), types.lists, lists(content))
}

describe('RFC 4826 §3.1: structure', () => {
  test('lists hold lists, entries, references and display names, in any order', () => {
    const document = `
      <list name="friends" xml:lang="en">
        <entry uri="sip:bill@example.test"><display-name>Bill</display-name></entry>
        <entry-ref ref="resource-lists/users/sip:alice@example.test/index/~~/resource-lists/list%5b@name=%22x%22%5d"/>
        <external anchor="https://xcap.example.test/resource-lists/users/sip:a@example.test/index/~~/resource-lists"/>
        <list><entry uri="tel:+15551234567"/></list>
        <display-name xml:lang="en">Friends</display-name>
      </list>`
    expect(put(document).status).toBe(201)
  })

  test('what else is of this namespace is refused', () => {
    for (const content of [
      '<entry uri="sip:a@example.test"/>',
      '<list><service/></list>',
      '<list><entry/></list>',
      '<list><entry-ref/></list>',
      '<list>text</list>',
      '<list uri="sip:a@example.test"/>',
      '<list><display-name/><display-name/></list>',
      '<list><entry uri="sip:a@example.test"><entry uri="sip:b@example.test"/></entry></list>',
    ]) {
      expect([content, conflictOf(put(content))]).toEqual([content, 'schema-validation-error'])
    }
  })

  test('elements and attributes of other namespaces are kept as they came', () => {
    const content =
      '<list xmlns:o="urn:o" o:a="1"><o:entry any="thing">text<o:x/></o:entry></list><o:y xmlns:o="urn:o"/>'
    expect(put(content).status).toBe(201)
    expect(alice.get(alice.path('resource-lists')).body).toBe(lists(content))
  })
})

describe('RFC 4826 §3.4.5: constraints', () => {
  test('names of lists are unique among their siblings', () => {
    expect(conflictOf(put('<list name="a"/><list name="a"/>'))).toBe('uniqueness-failure')
    expect(put('<list name="a"><list name="a"/></list><list/><list/>').status).toBe(201)
  })

  test('an address stands once in a list, however it is spelled', () => {
    const twice = '<list><entry uri="sip:bob@example.test"/><entry uri="SIP:Bob@Example.Test"/></list>'
    expect(conflictOf(put(twice))).toBe('uniqueness-failure')
    expect(
      put('<list><entry uri="sip:bob@example.test"/><list><entry uri="sip:bob@example.test"/></list></list>').status,
    ).toBe(201)
  })

  test('references and anchors stand once in a list', () => {
    expect(conflictOf(put('<list><entry-ref ref="a"/><entry-ref ref="a"/></list>'))).toBe('uniqueness-failure')
    expect(conflictOf(put('<list><external anchor="http://a/"/><external anchor="http://a/"/></list>'))).toBe(
      'uniqueness-failure',
    )
  })

  test('addresses are absolute URIs', () => {
    for (const uri of ['', 'bob', '//example.test', 'sip:a b']) {
      expect([uri, conflictOf(put(`<list><entry uri="${uri}"/></list>`))]).toEqual([uri, 'constraint-failure'])
    }
  })
})
