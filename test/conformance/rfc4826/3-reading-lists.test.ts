/**
 * RFC 4826: lists of addresses and services that stand for lists, as whoever subscribes for them reads them.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { parseListServices, parseResourceLists, referencesOf, urisOf } from '../../../src/documents/index.ts'

const lists = `<?xml version="1.0" encoding="UTF-8"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
  <list name="friends">
    <display-name xml:lang="en">Friends</display-name>
    <entry uri="sip:bill@example.test"><display-name>Bill Doe</display-name></entry>
    <list name="close-friends">
      <entry uri="sip:joe@example.test"/><entry uri="sip:bill@example.test"/>
      <external anchor="http://xcap.example.test/resource-lists/users/sip:a@example.test/index/~~/x"/>
    </list>
    <entry-ref ref="resource-lists/users/sip:bill@example.test/index/~~/resource-lists/list/entry"/>
    <x:unknown xmlns:x="urn:x"/>
  </list>
</resource-lists>`

const services = `<rls-services xmlns="urn:ietf:params:xml:ns:rls-services"
    xmlns:rl="urn:ietf:params:xml:ns:resource-lists">
  <service uri="sip:mybuddies@example.test">
    <resource-list>https://xcap.example.test/resource-lists/users/sip:joe@example.test/index/~~/x</resource-list>
    <packages><package>presence</package></packages>
  </service>
  <service uri="sip:marketing@example.test">
    <list name="marketing"><rl:entry uri="sip:joe@example.test"/><rl:entry uri="sip:sue@example.test"/></list>
  </service>
</rls-services>`

describe('RFC 4826 lists', () => {
  it('§3.1: lists hold entries, lists and references, each with names', () => {
    expect(parseResourceLists(Buffer.from(lists))).toMatchObject({
      ok: true,
      document: {
        lists: [
          {
            name: 'friends',
            displayNames: [{ language: 'en', text: 'Friends' }],
            entries: [{ uri: 'sip:bill@example.test', displayNames: [{ text: 'Bill Doe' }] }],
            lists: [{ name: 'close-friends', references: [{ kind: 'external' }] }],
            references: [{ kind: 'entry-ref' }],
          },
        ],
      },
    })
  })

  it('§3.1: addresses of all lists count once, and what stands elsewhere is named', () => {
    const parsed = parseResourceLists(Buffer.from(lists))
    const read = parsed.ok ? parsed.document.lists : []
    expect(urisOf(read)).toEqual(['sip:bill@example.test', 'sip:joe@example.test'])
    expect(referencesOf(read).map(({ kind }) => kind)).toEqual(['entry-ref', 'external'])
  })

  it('§4.1: a service has its list here or elsewhere, and packages', () => {
    expect(parseListServices(Buffer.from(services))).toMatchObject({
      ok: true,
      document: [
        { uri: 'sip:mybuddies@example.test', list: { kind: 'at' }, packages: ['presence'] },
        {
          uri: 'sip:marketing@example.test',
          list: { kind: 'here', list: { entries: [{ uri: 'sip:joe@example.test' }, { uri: 'sip:sue@example.test' }] } },
          packages: [],
        },
      ],
    })
  })

  it.each([
    [
      'an entry without uri',
      parseResourceLists(Buffer.from(lists.replace(' uri="sip:joe@example.test"', ''))),
      'malformed',
    ],
    ['another format', parseResourceLists(Buffer.from(services)), 'other-format'],
    ['a service without list', parseListServices(Buffer.from(services.replace(/<list[\s\S]*list>/, ''))), 'malformed'],
    ['a DTD', parseResourceLists(Buffer.from(lists.replace('?>', '?><!DOCTYPE x>'))), 'dtd'],
  ])('is refused with a word: %s', (_, result, fault) => expect(result).toMatchObject({ ok: false, fault }))
})
