/**
 * Who is on a list that can be subscribed to as one (RFC 4662, RFC 4826 §4): services, references, the contact list.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import type { ListService, Lists } from '../../../src/xcap/index.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { XcapClient } from '../../support/xcap-client.ts'
import { friends, lists, services, types } from '../../support/xcap-documents.ts'

const owner = aorOf('alice')
let world: ServerWorld
let alice: XcapClient
let found: Lists

beforeEach(async () => {
  world = await ServerWorld.start()
  alice = new XcapClient(world, 'alice')
  found = world.cores[0]!.services.lists
})

function service(content: string): ListService | null {
  const document = services(`<service uri="sip:alice+team@example.test">${content}</service>`)
  const { status, body } = alice.put(alice.path('rls-services'), types.services, document)
  expect([status, body]).toEqual([expect.toBeOneOf([200, 201]), ''])
  return found.find(owner, 'sip:alice+team@example.test')
}

function uris(of: ListService | null): readonly string[] | undefined {
  return of?.members.map(({ uri }) => uri)
}

describe('RFC 4826 §4: services', () => {
  test('a list of its own: each address once, lists within lists, names', () => {
    const inner = '<rl:list><rl:entry uri="SIP:bob@Example.test"/><rl:entry uri="tel:+1"/></rl:list>'
    const bob = '<rl:entry uri="sip:bob@example.test"><rl:display-name> Bob </rl:display-name></rl:entry>'
    const team = service(`<list>${bob}${inner}</list><packages><package>presence</package></packages>`)
    expect(team).toEqual({
      packages: ['presence'],
      members: [
        { uri: 'sip:bob@example.test', displayName: 'Bob' },
        { uri: 'tel:+1', displayName: '' },
      ],
      unresolvedCount: 0,
    })
  })

  test('a list of the contact list, by its URI, follows it', () => {
    alice.put(alice.path('resource-lists'), types.lists, friends)
    const uri = `https://im.example.test:5443${alice.path('resource-lists', 'index', 'resource-lists/list[1]')}`
    expect(uris(service(`<resource-list>${uri}</resource-list>`))).toEqual([
      'sip:bob@example.test',
      'sip:carol@example.test',
    ])
    const told: string[] = []
    found.listen((unit, aor, done) => {
      told.push(`${aor} ${uris(found.find(owner, 'sip:alice+team@example.test'))}`)
      done(unit, true)
    })
    alice.delete(alice.path('resource-lists', 'index', 'resource-lists/list[1]/entry[@uri="sip:bob@example.test"]'))
    expect(told).toEqual(['sip:alice@example.test sip:carol@example.test'])
  })

  test('references lead to entries and lists of the same user, and each list counts once', () => {
    const self = 'resource-lists/users/sip:alice@example.test/index/~~/resource-lists'
    const document = lists(
      `<list name="a"><entry uri="sip:x@example.test"/>` +
        `<external anchor="https://h/xcap-root/${self}/list%5b2%5d"/></list>` +
        `<list name="b"><entry-ref ref="${self}/list%5b1%5d/entry%5b1%5d"/><entry uri="sip:y@example.test"/>` +
        `<external anchor="https://h/xcap-root/${self}/list%5b1%5d"/></list>`,
    )
    expect(alice.put(alice.path('resource-lists'), types.lists, document).status).toBe(201)
    const both = service(`<resource-list>https://h/xcap-root/${self}/list%5b1%5d</resource-list>`)
    expect([uris(both), both?.unresolvedCount]).toEqual([['sip:x@example.test', 'sip:y@example.test'], 0])
  })

  test('what leads nowhere, to another user or another server is left out and counted', () => {
    // Of the same name as the one of bob that is referred to.
    alice.put(alice.path('resource-lists'), types.lists, friends)
    const list = service(
      '<list><rl:external anchor="https://h/xcap-root/resource-lists/users/sip:bob@example.test/index"/>' +
        '<rl:external anchor="https://elsewhere.test/lists/1"/><rl:entry-ref ref="../x"/>' +
        '<rl:entry-ref ref="resource-lists/users/sip:alice@example.test/none/~~/a"/></list>',
    )
    expect([uris(list), list?.unresolvedCount]).toEqual([[], 4])
  })

  test('a list is its owner’s alone', () => {
    service('<list/>')
    expect(found.find(aorOf('bob'), 'sip:alice+team@example.test')).toBeNull()
    expect(found.find(owner, 'sip:alice+other@example.test')).toBeNull()
    expect(found.find(owner, 'tel:+1')).toBeNull()
  })
})

describe('the contact list as a list of its own', () => {
  test('everybody on it, without any document of services, also when there is nobody', () => {
    expect(uris(found.find(owner, 'sip:alice+contacts@example.test'))).toEqual([])
    alice.put(alice.path('resource-lists'), types.lists, friends)
    const all = ['sip:bob@example.test', 'sip:carol@example.test']
    expect(uris(found.find(owner, 'sip:alice+contacts@example.test'))).toEqual(all)
    expect(found.find(aorOf('bob'), 'sip:alice+contacts@example.test')).toBeNull()
  })
})
