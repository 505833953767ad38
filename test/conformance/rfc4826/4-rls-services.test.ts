/**
 * The application usage rls-services (RFC 4826 §4), with its global index.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { conflictOf, XcapClient } from '../../support/xcap-client.ts'
import { services, types } from '../../support/xcap-documents.ts'

let world: ServerWorld
let alice: XcapClient

beforeEach(async () => {
  world = await ServerWorld.start({ workers: 3 })
  alice = new XcapClient(world, 'alice')
})

function put(content: string, document = 'index') {
  return alice.put(alice.path('rls-services', document), types.services, services(content))
}

const buddies = `<service uri="sip:alice+buddies@example.test">
  <resource-list>
    https://example.test/xcap-root/resource-lists/users/sip:alice@example.test/index/~~/resource-lists/list
  </resource-list>
  <packages><package>presence</package></packages></service>`

describe('RFC 4826 §4.1: structure', () => {
  test('a service has a list of its own or points to one', () => {
    expect(put(buddies).status).toBe(201)
    const own = '<service uri="sip:alice+b@example.test"><list><rl:entry uri="sip:bob@example.test"/></list></service>'
    expect(put(own).status).toBe(200)
    for (const content of [
      '<service uri="sip:alice+b@example.test"/>',
      '<service uri="sip:alice+b@example.test"><list/><resource-list>http://a/</resource-list></service>',
      '<service><list/></service>',
      '<list/>',
    ]) {
      expect([content, conflictOf(put(content))]).toEqual([content, 'schema-validation-error'])
    }
  })

  test('the constraints of lists hold in services too', () => {
    const twice = '<list><rl:entry uri="sip:b@example.test"/><rl:entry uri="sip:b@example.test"/></list>'
    expect(conflictOf(put(`<service uri="sip:alice+b@example.test">${twice}</service>`))).toBe('uniqueness-failure')
  })
})

describe('RFC 4826 §4.4.5: addresses of services', () => {
  test('an address stands for one service only', () => {
    expect(conflictOf(put(`${buddies}${buddies}`))).toBe('uniqueness-failure')
  })

  test('it is the user’s own with a plus and a name, so that no two users can make the same one', () => {
    for (const uri of [
      'sip:alice@example.test',
      'sip:bob+x@example.test',
      'sip:alice+x@other.test',
      'sip:alice+@example.test',
      'sip:alice+a+b@example.test',
      'sip:x@example.test',
      'tel:+1',
    ]) {
      expect([uri, conflictOf(put(`<service uri="${uri}"><list/></service>`))]).toEqual([uri, 'uniqueness-failure'])
    }
  })
})

describe('RFC 4826 §4.4.7: the global index', () => {
  const index = '/xcap-root/rls-services/global/index'

  test('it has the services of all of the asker’s documents, and nobody else’s', () => {
    expect(alice.get(index).body).not.toContain('<service')
    put(buddies)
    put(
      '<service uri="sip:alice+two@example.test"><list><rl:entry uri="sip:bob@example.test"/></list></service>',
      'more',
    )
    const answer = alice.get(index)
    expect(answer.type).toBe(types.services)
    expect(answer.body).toContain('sip:alice+buddies@example.test')
    const selector = encodeURI('rls-services/service[@uri="sip:alice+two@example.test"]/list/l:entry/@uri')
    const second = alice.get(`${index}/~~/${selector}?xmlns(l=urn:ietf:params:xml:ns:resource-lists)`)
    expect(second.body).toBe('sip:bob@example.test')
    expect(new XcapClient(world, 'bob').get(index).body).not.toContain('<service')
  })

  test('its entity tag follows the documents', () => {
    const before = alice.get(index).etag
    put(buddies)
    expect(alice.get(index, { headers: { 'If-None-Match': `"${before}"` } }).status).toBe(200)
    expect(alice.get(index).etag).not.toBe(before)
  })
})
