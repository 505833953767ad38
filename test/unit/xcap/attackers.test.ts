/**
 * Requests that mean harm: paths that climb, documents that are huge, deep, many or full of references. Each gets a
 * plain answer, and the user's other documents stay.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { conflictOf, XcapClient } from '../../support/xcap-client.ts'
import { friends, lists, types } from '../../support/xcap-documents.ts'

let world: ServerWorld
let alice: XcapClient
let document: string

beforeEach(async () => {
  world = await ServerWorld.start({ workers: 2 })
  alice = new XcapClient(world, 'alice')
  document = alice.path('resource-lists')
  expect(alice.put(document, types.lists, friends).status).toBe(201)
})

describe('paths', () => {
  test('a path that climbs, in whatever escapes, is refused before anybody looks', () => {
    const home = '/xcap-root/resource-lists/users/sip:alice@example.test'
    for (const path of [
      `${home}/../sip:bob@example.test/index`,
      `${home}/%2e%2e/index`,
      `${home}/.%2E/%2e/index`,
      `${home}/..%2f..%2fetc%2fpasswd`,
      `${home}/a%5c..%5cb`,
      `${home}/index%00`,
      `${home}//index`,
      `${home}/%zz`,
      '/xcap-root/../healthz',
      '/xcap-root/%2e%2e/users/a/index',
      '/xcap-root//users/sip:alice@example.test/index',
    ]) {
      expect([path, alice.exchange('GET', path).status]).toEqual([path, 400])
    }
  })

  test('a path, a name or a selector without end is too long', () => {
    expect(alice.exchange('GET', `${document}/~~/${'a/'.repeat(5_000)}`).status).toBe(414)
    expect(alice.exchange('GET', alice.path('resource-lists', 'x'.repeat(129))).status).toBe(414)
    expect(alice.exchange('GET', `/xcap-root/resource-lists/users/${'x'.repeat(2_000)}/index`).status).toBe(414)
  })

  test('names that objects inherit are no usages, methods or users', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(alice.get(`/xcap-root/${name}/users/sip:alice@example.test/index`).status).toBe(404)
      expect(alice.get(alice.path('resource-lists', name)).status).toBe(404)
      expect(alice.get(alice.path('resource-lists', 'index', `resource-lists/${name}`)).status).toBe(404)
      const attribute = `<list ${name}="1"/>`
      expect(conflictOf(alice.put(document, types.lists, lists(attribute)))).toBe('schema-validation-error')
    }
  })
})

describe('documents', () => {
  test('too large: whole, and when an element would make it so', () => {
    const entry = (count: number) => `<entry uri="sip:${'x'.repeat(250)}${count}@example.test"/>`
    const many = Array.from({ length: 900 }, (_, count) => entry(count)).join('')
    expect(alice.put(document, types.lists, lists(`<list name="a">${many}</list>`)).status).toBe(200)
    const half = `<list name="b">${many}</list>`
    expect(alice.put(document, types.lists, lists(`<list name="a">${many}</list>${half}`)).status).toBe(413)
    // Said before anything of it is read.
    expect(alice.put(document, types.lists, '<'.repeat(300_000)).status).toBe(413)
    const path = alice.path('resource-lists', 'index', 'resource-lists/list[@name="b"]')
    expect(alice.put(path, types.element, half).status).toBe(413)
  })

  test('too deep, too many nodes, with a document type, with entities', () => {
    const deep = lists(`${'<list>'.repeat(40)}${'</list>'.repeat(40)}`)
    expect(conflictOf(alice.put(document, types.lists, deep))).toBe('constraint-failure')
    expect(conflictOf(alice.put(document, types.lists, lists('<list/>'.repeat(10_001))))).toBe('constraint-failure')
    const bomb = `<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>${lists('<list name="&c;"/>')}`
    expect(conflictOf(alice.put(document, types.lists, bomb))).toBe('constraint-failure')
    const outside = `<!DOCTYPE a SYSTEM "file:///etc/passwd">${lists('')}`
    expect(conflictOf(alice.put(document, types.lists, outside))).toBe('constraint-failure')
    expect(conflictOf(alice.put(document, types.lists, lists('<list name="&c;"/>')))).toBe('not-well-formed')
    expect(alice.get(document).body).toBe(friends)
  })

  test('an element cannot make a document deeper than a document may be', () => {
    const nested = (count: number) => `${'<list>'.repeat(count)}${'</list>'.repeat(count)}`
    const path = (below: string) => alice.path('resource-lists', 'index', `resource-lists/list[@name="deep"]${below}`)
    expect(alice.put(path(''), types.element, `<list name="deep">${nested(20)}</list>`).status).toBe(201)
    const deepest = path(`${'/list[1]'.repeat(20)}/list[1]`)
    expect(conflictOf(alice.put(deepest, types.element, nested(11)))).toBe('constraint-failure')
    expect(alice.put(deepest, types.element, nested(10)).status).toBe(201)
  })

  test('names with characters that only JavaScript takes for blanks', () => {
    for (const blank of ['\u1680', '\uFEFF']) {
      const name = `x${blank}y`
      const strange = lists(`<list name="strange"><e:${name} xmlns:e="urn:e" ${name}="1"/></list>`)
      expect(alice.put(document, types.lists, strange).status).toBe(200)
      expect(alice.get(document).body).toBe(strange)
      const other = alice.put(alice.path('resource-lists', 'index', 'resource-lists/list[2]'), types.element, '<list/>')
      expect(other.status).toBe(201)
    }
  })

  test('namespaces without number', () => {
    const declarations = Array.from({ length: 3_000 }, (_, at) => ` xmlns:p${at}="u"`).join('')
    const many = lists(`<e:list xmlns:e="urn:e"${declarations}>${'<a xmlns:b="c"/>'.repeat(3_000)}</e:list>`)
    expect(conflictOf(alice.put(document, types.lists, many))).toBe('constraint-failure')
    expect(alice.get(document).body).toBe(friends)
  })

  test('no more than 64 documents', () => {
    for (let count = 1; count < 64; count++) {
      expect(alice.put(alice.path('resource-lists', `d${count}`), types.lists, lists('')).status).toBe(201)
    }
    const answer = alice.put(alice.path('resource-lists', 'one-more'), types.lists, lists(''))
    expect(conflictOf(answer)).toBe('constraint-failure')
    expect(alice.put(document, types.lists, lists('')).status).toBe(200)
    expect(alice.delete(alice.path('resource-lists', 'd1')).status).toBe(200)
    expect(alice.put(alice.path('resource-lists', 'one-more'), types.lists, lists('')).status).toBe(201)
  })

  test('fragments cannot leave their place', () => {
    const path = alice.path('resource-lists', 'index', 'resource-lists/list[@name="work"]')
    for (const body of [
      '<list name="work"></list></resource-lists><resource-lists>',
      '<list name="work"/> --> <x/>',
      ']]>',
    ]) {
      expect(conflictOf(alice.put(path, types.element, body))).toBe('not-xml-frag')
    }
    const attribute = alice.path('resource-lists', 'index', 'resource-lists/list[2]/@name')
    expect(alice.put(attribute, types.attribute, '" evil="1').status).toBe(200)
    expect(alice.get(attribute).body).toBe('" evil="1')
    expect(alice.get(alice.path('resource-lists', 'index', 'resource-lists/list[2]/@evil')).status).toBe(404)
  })
})

describe('many at once', () => {
  test('a worker keeps a thousand questions waiting and refuses more', () => {
    world.loses = ({ kind }) => kind === 'xcap'
    const ask = () => alice.begin('GET', document, { headers: { Authorization: alice.credentials('GET', document) } })
    const asked = Array.from({ length: 1_010 }, ask)
    expect(asked.filter((answers) => answers[0]?.status === 503).length).toBe(10)
    world.advance(10_000)
    expect(asked.every((answers) => answers.length === 1)).toBe(true)
  })

  test('an address that asks too much is told so', async () => {
    const limited = await ServerWorld.start({
      change: (settings) => ({
        ...settings,
        edge: { ...settings.edge, limits: { ...settings.edge.limits, source: { requestsPerSecond: 1, burst: 5 } } },
      }),
    })
    const flood = new XcapClient(limited, 'alice')
    const statuses = Array.from({ length: 8 }, () => flood.exchange('GET', document).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
  })
})
