/**
 * The contact list in the resource-lists document: groups, names and flags, beside what other clients wrote there.
 */
import { describe, expect, test } from 'vitest'
import { contactFlagsNamespace } from '../../../src/xcap/contact-entries.ts'
import { putContacts, readContacts, removeContact } from '../../../src/xcap/contacts.ts'
import type { ContactChange } from '../../../src/xcap/contacts-editor.ts'
import { bytesOf, readDocument, textOf } from '../../../src/xcap/fragment.ts'
import { resourceLists } from '../../../src/xcap/usages/resource-lists.ts'
import { aorOf } from '../../support/server-world.ts'
import { friends } from '../../support/xcap-documents.ts'

function change(uri: string, rest: Partial<ContactChange> = {}): ContactChange {
  return { uri, displayName: null, groups: [], flags: null, ...rest }
}

function put(text: string | null, ...changes: readonly ContactChange[]): string {
  const changed = putContacts(text === null ? null : bytesOf(text), changes)
  if (!changed.ok) throw new Error(changed.message)
  const read = readDocument(changed.bytes)
  expect(read.ok && resourceLists.validate(read.root, aorOf('alice'))).toBeNull()
  expect(readContacts(changed.bytes)).toEqual(changed.contacts)
  return textOf(changed.bytes)
}

function contacts(text: string) {
  return readContacts(bytesOf(text))
}

describe('putContacts()', () => {
  test('makes the document, the group of all and named groups', () => {
    const text = put(
      null,
      change('sip:bob@example.test', { displayName: 'Bob & Co' }),
      change('sip:carol@example.test', { groups: ['Work', 'Chess'], flags: ['favourite'] }),
    )
    expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
  <list name="contacts">
    <entry uri="sip:bob@example.test"><display-name>Bob &amp; Co</display-name></entry>
  </list>
  <list name="Work">
    <entry uri="sip:carol@example.test" xmlns:cf="${contactFlagsNamespace}" cf:flags="favourite"/>
  </list>
  <list name="Chess">
    <entry uri="sip:carol@example.test" xmlns:cf="${contactFlagsNamespace}" cf:flags="favourite"/>
  </list>
</resource-lists>
`)
    expect(contacts(text)?.[1]).toEqual({
      uri: 'sip:carol@example.test',
      displayName: '',
      groups: ['Work', 'Chess'],
      flags: ['favourite'],
    })
  })

  test('leaves what others wrote, and changes only what is named', () => {
    const named = put(friends, change('SIP:BOB@example.test', { displayName: 'Robert' }))
    expect(named).toBe(
      friends.replace(
        '<display-name xml:lang="de">Bob &amp; Söhne</display-name>',
        '<display-name>Robert</display-name>',
      ),
    )
    const flagged = put(friends, change('sip:carol@example.test', { flags: ['a', 'b'] }))
    expect(flagged).toContain(`x:colour='"blue"' xmlns:cf="${contactFlagsNamespace}" cf:flags="a b"/>`)
    expect(put(flagged, change('sip:carol@example.test', { flags: [] }))).toContain(
      `x:colour='"blue"' xmlns:cf="${contactFlagsNamespace}"/>`,
    )
    expect(put(friends, change('sip:bob@example.test'))).toBe(friends)
  })

  test('puts a contact into a further group with the name that it has, an empty one too', () => {
    const text = put(friends, change('sip:bob@example.test', { groups: ['work', 'friends'] }))
    const entry = '<entry uri="sip:bob@example.test"><display-name>Bob &amp; Söhne</display-name></entry>'
    expect(text).toContain(`<list name="work">\n    ${entry}\n  </list>`)
    expect(contacts(text)?.[0]?.groups).toEqual(['friends', 'work'])
  })

  test('finds lists within lists, and writes the prefix that the document has', () => {
    const nested =
      '<r:resource-lists xmlns:r="urn:ietf:params:xml:ns:resource-lists">' +
      '<r:list name="a"><r:list name="b"/></r:list></r:resource-lists>'
    const text = put(nested, change('sip:bob@example.test', { groups: ['a/b', 'c'], displayName: 'B' }))
    expect(text).toContain(
      '<r:list name="b">\n    <r:entry uri="sip:bob@example.test"><r:display-name>B</r:display-name></r:entry>',
    )
    expect(contacts(text)?.[0]?.groups).toEqual(['a/b', 'c'])
  })

  test('a thousand contacts are put at once', () => {
    const many = Array.from({ length: 1_000 }, (_, count) => change(`sip:u${count}@example.test`, { groups: ['all'] }))
    expect(contacts(put(friends, ...many))).toHaveLength(1_002)
  })

  test('a document that cannot be read is left alone', () => {
    expect(putContacts(bytesOf('<a>'), [change('sip:b@example.test')]).ok).toBe(false)
    expect(readContacts(bytesOf('<a>'))).toBeNull()
    expect(readContacts(null)).toEqual([])
  })
})

describe('removeContact()', () => {
  test('takes a contact out of all groups or some, with its line', () => {
    const text = put(friends, change('sip:bob@example.test', { groups: ['work'] }))
    const some = removeContact(bytesOf(text), 'SIP:bob@example.test', ['work'])
    expect(some?.ok && some.contacts[0]?.groups).toEqual(['friends'])
    const all = removeContact(bytesOf(text), 'sip:bob@example.test', null)
    expect(all?.ok && all.contacts.map(({ uri }) => uri)).toEqual(['sip:carol@example.test'])
    expect(all?.ok && textOf(all.bytes)).toContain('<list name="friends">\n    <entry uri="sip:carol')
  })

  test('says so when there is no such contact there', () => {
    expect(removeContact(bytesOf(friends), 'sip:bob@example.test', ['work'])).toBeNull()
    expect(removeContact(bytesOf(friends), 'sip:dave@example.test', null)).toBeNull()
    expect(removeContact(null, 'sip:dave@example.test', null)).toBeNull()
  })
})
