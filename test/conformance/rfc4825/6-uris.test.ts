/**
 * XCAP URIs (RFC 4825 §6): document selectors, node selectors, namespaces, escapes.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { XcapClient } from '../../support/xcap-client.ts'
import { friends, types } from '../../support/xcap-documents.ts'

let alice: XcapClient
let at: (node: string) => string

beforeAll(async () => {
  const world = await ServerWorld.start({ workers: 3 })
  alice = new XcapClient(world, 'alice')
  expect(alice.put(alice.path('resource-lists'), types.lists, friends).status).toBe(201)
  at = (node) => alice.path('resource-lists', 'index', node)
})

function status(path: string): number {
  return alice.get(path).status
}

describe('RFC 4825 §6.2: document selectors', () => {
  test('a user is named with or without escapes, with or without scheme', () => {
    for (const user of [
      'sip:alice@example.test',
      'sip%3Aalice%40example.test',
      'alice@example.test',
      'SIP:Alice@Example.TEST',
    ]) {
      expect(alice.get(`/xcap-root/resource-lists/users/${user}/index`).body).toBe(friends)
    }
  })

  test('another document, usage, tree or no document at all is not found', () => {
    expect(status(alice.path('resource-lists', 'other'))).toBe(404)
    expect(status(alice.path('no-such-usage'))).toBe(404)
    expect(status('/xcap-root/resource-lists/groups/sip:alice@example.test/index')).toBe(404)
    expect(status('/xcap-root/resource-lists/users/sip:alice@example.test')).toBe(404)
    expect(status('/xcap-root/resource-lists/users/nobody/index')).toBe(404)
    expect(status('/xcap-root/resource-lists/global/index')).toBe(404)
  })

  test('a directory is not found, and nothing can be put into one that is not there', () => {
    expect(status(alice.path('resource-lists', 'more/index'))).toBe(404)
    const answer = alice.put(alice.path('resource-lists', 'more/index'), types.lists, friends)
    expect(answer.status).toBe(409)
    expect(answer.body).toContain('<ancestor>/xcap-root/resource-lists/users/sip:alice@example.test</ancestor>')
  })
})

describe('RFC 4825 §6.3: node selectors', () => {
  test('elements are found by name, position, attribute, and any of these together', () => {
    const bob = '<entry uri="sip:bob@example.test"><display-name xml:lang="de">Bob &amp; Söhne</display-name></entry>'
    for (const selector of [
      'resource-lists/list[@name="friends"]/entry[@uri="sip:bob@example.test"]',
      "resource-lists/list[@name='friends']/entry[1]",
      'resource-lists/list[1]/*[1]',
      '*/*[@name="friends"]/entry[1][@uri="sip:bob@example.test"]',
    ]) {
      const answer = alice.get(at(selector))
      expect([selector, answer.body, answer.type]).toEqual([selector, bob, types.element])
    }
  })

  test('what several elements match, or none, is not found', () => {
    expect(status(at('resource-lists/list'))).toBe(404)
    expect(status(at('resource-lists/list[1]/entry'))).toBe(404)
    expect(status(at('resource-lists/list[3]'))).toBe(404)
    expect(status(at('resource-lists/list[2][@name="friends"]'))).toBe(404)
    expect(status(at('rls-services'))).toBe(404)
  })

  test('an attribute is what stands between its quotes, and has a type of its own', () => {
    const answer = alice.get(at('resource-lists/list[2]/@name'))
    expect([answer.body, answer.type]).toEqual(['work', types.attribute])
    expect(status(at('resource-lists/list[2]/@colour'))).toBe(404)
  })

  test('a predicate may hold slashes, brackets and references', () => {
    const odd = at('resource-lists/list[@name="a/b[1]&quot;&amp;"]')
    expect(alice.put(odd, types.element, '<list name="a/b[1]&quot;&amp;"/>').status).toBe(201)
    expect(alice.get(odd).body).toBe('<list name="a/b[1]&quot;&amp;"/>')
    expect(alice.delete(odd).status).toBe(200)
  })

  test('a selector that is none is a bad request with words', () => {
    for (const node of [
      '',
      '/',
      'list[',
      'list[0]',
      'list[x]',
      'list[@name=friends]',
      '@name',
      'a//b',
      'a/b/',
      'a/@b/c',
    ]) {
      const answer = alice.get(`${alice.path('resource-lists')}/~~/${encodeURI(node)}`)
      expect([node, answer.status, answer.body.length > 10]).toEqual([node, 400, true])
    }
    expect(status(`${alice.path('resource-lists')}/~~`)).toBe(400)
    expect(status(`${alice.path('resource-lists')}/~~/list%5B%`)).toBe(400)
  })
})

describe('RFC 4825 §6.4: namespaces', () => {
  test('a name without prefix is in the namespace of the usage, others are bound in the query', () => {
    const note = `${at('resource-lists/list[1]/n:note')}?xmlns(n=urn:example:x)`
    expect(alice.get(note).body).toBe('<x:note>who &lt;knows&gt;</x:note>')
    const query = '?xmlns(n=urn:example:x)xmlns(l=urn:ietf:params:xml:ns:resource-lists)'
    const colour = `${at('l:resource-lists/l:list[1]/l:entry[2]/@n:colour')}${query}`
    expect(alice.get(colour).body).toBe('"blue"')
    expect(status(`${at('resource-lists/list[1]/n:note')}?xmlns(n=urn:other)`)).toBe(404)
  })

  test('a prefix that nobody bound, and a query that binds none, are bad requests', () => {
    expect(status(at('resource-lists/list[1]/n:note'))).toBe(400)
    expect(status(`${at('resource-lists')}?a=b`)).toBe(400)
    expect(status(`${at('resource-lists')}?xmlns(a`)).toBe(400)
  })

  test('the bindings that hold at an element can be read, and nothing else done with them', () => {
    const path = at('resource-lists/list[2]/namespace::*')
    const answer = alice.get(path)
    expect(answer.type).toBe('application/xcap-ns+xml')
    expect(answer.body).toBe('<list xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:x="urn:example:x"/>')
    expect(alice.put(path, types.element, '<list/>').status).toBe(405)
    expect(alice.delete(path).header('Allow')).toBe('GET')
  })
})
