/**
 * What the server does (RFC 4825 §7 and §8): PUT, GET and DELETE of documents, elements and attributes; entity tags.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { conflictOf, XcapClient } from '../../support/xcap-client.ts'
import { friends, lists, types } from '../../support/xcap-documents.ts'

let world: ServerWorld
let alice: XcapClient
let document: string

beforeEach(async () => {
  world = await ServerWorld.start({ workers: 3 })
  alice = new XcapClient(world, 'alice')
  document = alice.path('resource-lists')
})

function at(node: string): string {
  return alice.path('resource-lists', 'index', node)
}

function putFriends(): string {
  return alice.put(document, types.lists, friends).etag!
}

describe('RFC 4825 §8.2: documents', () => {
  test('a document that is put is made with 201, replaced with 200, and comes back byte for byte', () => {
    const made = alice.put(document, types.lists, friends)
    expect([made.status, made.etag?.length]).toEqual([201, 16])
    const read = alice.get(document)
    expect([read.status, read.body, read.type, read.etag]).toEqual([200, friends, types.lists, made.etag])
    const replaced = alice.put(document, types.lists, lists(''))
    expect([replaced.status, replaced.etag === made.etag]).toEqual([200, false])
  })

  test('putting the same again changes nothing, not even the entity tag', () => {
    const etag = putFriends()
    expect(alice.put(document, types.lists, friends)).toMatchObject({ status: 200, etag })
  })

  test('a document that is deleted is gone', () => {
    putFriends()
    expect(alice.delete(document).status).toBe(200)
    expect(alice.get(document).status).toBe(404)
    expect(alice.delete(document).status).toBe(404)
  })

  test('it is there after a restart of the server, with its entity tag', async () => {
    const etag = putFriends()
    const again = new XcapClient(await world.restart(1), 'alice')
    expect(again.get(document)).toMatchObject({ status: 200, body: friends, etag })
  })

  test('a body of another type is refused with the type that would do', () => {
    const answer = alice.put(document, 'text/xml', friends)
    expect([answer.status, answer.header('Accept')]).toEqual([415, types.lists])
    expect(alice.ask('PUT', document, { body: friends }).status).toBe(415)
    expect(alice.put(document, `${types.lists.toUpperCase()}; charset=utf-8`, friends).status).toBe(201)
    expect(alice.put(at('resource-lists/list[1]'), types.lists, '<list/>').status).toBe(415)
    expect(alice.put(at('resource-lists/list[1]/@name'), types.element, 'x').status).toBe(415)
  })

  test('other methods are named in Allow', () => {
    const answer = alice.ask('POST', document, { body: friends })
    expect([answer.status, answer.header('Allow')]).toEqual([405, 'GET, PUT, DELETE'])
  })
})

describe('RFC 4825 §8.2.3: elements', () => {
  const example = lists('<list name="a"/><list name="b"/><!-- comment --><x:other xmlns:x="urn:x" name="a"/>')

  function listsAfter(node: string, body: string): string[] {
    alice.put(document, types.lists, example)
    expect(alice.put(at(node), types.element, body).status).toBe(201)
    return [...alice.get(document).body.matchAll(/<(?:list name="(\w+)"|!-- (comment) --|x:(other))/g)].map(
      ([, list, comment, other]) => list ?? comment ?? other!,
    )
  }

  test('a new element goes behind the last one of its name', () => {
    expect(listsAfter('resource-lists/list[@name="c"]', '<list name="c"/>')).toEqual([
      'a',
      'b',
      'c',
      'comment',
      'other',
    ])
  })

  test('any element goes to the end', () => {
    expect(listsAfter('resource-lists/*[@name="c"]', '<list name="c"/>')).toEqual(['a', 'b', 'comment', 'other', 'c'])
  })

  test('a position is where it will be', () => {
    expect(listsAfter('resource-lists/list[2][@name="c"]', '<list name="c"/>')).toEqual([
      'a',
      'c',
      'b',
      'comment',
      'other',
    ])
    expect(listsAfter('resource-lists/list[3]', '<list name="c"/>')).toEqual(['a', 'b', 'c', 'comment', 'other'])
    expect(listsAfter('resource-lists/*[1][@name="c"]', '<list name="c"/>')).toEqual([
      'c',
      'a',
      'b',
      'comment',
      'other',
    ])
  })

  test('a position that cannot be reached is no place to insert', () => {
    alice.put(document, types.lists, example)
    expect(conflictOf(alice.put(at('resource-lists/list[4]'), types.element, '<list name="c"/>'))).toBe('cannot-insert')
  })

  test('an element that would not be found under the URI is not inserted', () => {
    alice.put(document, types.lists, example)
    for (const body of ['<list name="d"/>', '<list/>', '<x:list xmlns:x="urn:x" name="c"/>']) {
      expect(conflictOf(alice.put(at('resource-lists/list[@name="c"]'), types.element, body))).toBe('cannot-insert')
    }
    expect(alice.get(document).body).toBe(example)
  })

  test('an element is replaced, and nothing around it changes', () => {
    putFriends()
    const bob = at('resource-lists/list[@name="friends"]/entry[@uri="sip:bob@example.test"]')
    const body = '<entry  uri = "sip:bob@example.test" ><!-- mine --></entry>'
    const answer = alice.put(bob, types.element, body)
    expect(answer.status).toBe(200)
    expect(alice.get(bob)).toMatchObject({ body, etag: answer.etag })
    const former =
      '<entry uri="sip:bob@example.test"><display-name xml:lang="de">Bob &amp; Söhne</display-name></entry>'
    expect(alice.get(document).body).toBe(friends.replace(former, body))
  })

  test('a fragment may use the prefixes of its place', () => {
    putFriends()
    const answer = alice.put(
      at('resource-lists/list[2]/entry[1]'),
      types.element,
      '<entry uri="sip:d@example.test" x:a="1"/>',
    )
    expect(answer.status).toBe(201)
    expect(alice.get(document).body).toContain('<list name="work"><entry uri="sip:d@example.test" x:a="1"/></list>')
  })

  test('the root element can be replaced and not removed', () => {
    putFriends()
    expect(alice.put(at('resource-lists'), types.element, lists('')).status).toBe(200)
    expect(conflictOf(alice.delete(at('resource-lists')))).toBe('cannot-delete')
  })
})

describe('RFC 4825 §8.2.4: attributes', () => {
  test('an attribute is made, replaced and read in whatever quotes it needs', () => {
    putFriends()
    const colour = `${at('resource-lists/list[1]/entry[1]/@x:colour')}?xmlns(x=urn:example:x)`
    expect(alice.put(colour, types.attribute, 'r"d').status).toBe(201)
    expect(alice.get(colour).body).toBe('r"d')
    expect(alice.put(colour, types.attribute, "it's &amp; red").status).toBe(200)
    expect(alice.get(colour).body).toBe("it's &amp; red")
    expect(alice.put(colour, types.attribute, `both ' and "`).status).toBe(200)
    expect(alice.get(colour).body).toBe(`both ' and &quot;`)
  })

  test('an attribute of the URI itself cannot be changed by it', () => {
    putFriends()
    const name = at('resource-lists/list[@name="work"]/@name')
    expect(conflictOf(alice.put(name, types.attribute, 'play'))).toBe('cannot-insert')
    expect(alice.put(at('resource-lists/list[2]/@name'), types.attribute, 'play').status).toBe(200)
    expect(alice.get(document).body).toBe(friends.replace('name="work"', 'name="play"'))
  })

  test('an attribute is removed with the blank before it', () => {
    putFriends()
    expect(alice.delete(at('resource-lists/list[2]/@name')).status).toBe(200)
    expect(alice.get(document).body).toBe(friends.replace('<list name="work"/>', '<list/>'))
    expect(alice.delete(at('resource-lists/list[2]/@name')).status).toBe(404)
  })
})

describe('RFC 4825 §8.2.5: deleting elements', () => {
  test('an element goes, and nothing else', () => {
    putFriends()
    const work = at('resource-lists/list[@name="work"]')
    expect(alice.delete(work)).toMatchObject({ status: 200, etag: expect.any(String) })
    expect(alice.get(document).body).toBe(friends.replace('<list name="work"/>', ''))
    expect(alice.delete(work).status).toBe(404)
  })

  test('a URI that would then name another element deletes nothing', () => {
    putFriends()
    expect(conflictOf(alice.delete(at('resource-lists/list[1]/entry[1]')))).toBe('cannot-delete')
    expect(alice.get(document).body).toBe(friends)
    expect(alice.delete(at('resource-lists/list[1]/entry[2]')).status).toBe(200)
  })
})

describe('RFC 4825 §7.11: conditions', () => {
  test('all resources of a document have its entity tag', () => {
    const etag = putFriends()
    expect(alice.get(at('resource-lists/list[1]')).etag).toBe(etag)
    expect(alice.get(at('resource-lists/list[1]/@name')).etag).toBe(etag)
  })

  test('a reader who has the newest is told so in few bytes', () => {
    const etag = putFriends()
    const answer = alice.get(document, { headers: { 'If-None-Match': `"x", W/"${etag}"` } })
    expect([answer.status, answer.body, answer.etag]).toEqual([304, '', etag])
    expect(alice.get(document, { headers: { 'If-None-Match': '"x"' } }).status).toBe(200)
  })

  test('a writer who knows an older document changes nothing', () => {
    const first = putFriends()
    const list = at('resource-lists/list[@name="new"]')
    expect(alice.put(list, types.element, '<list name="new"/>', { 'If-Match': `"${first}"` }).status).toBe(201)
    for (const method of ['PUT', 'DELETE'] as const) {
      const options = {
        headers: { 'If-Match': `"${first}"` },
        ...(method === 'PUT'
          ? { type: types.element, body: '<list name="new"><entry uri="sip:x@example.test"/></list>' }
          : {}),
      }
      expect(alice.ask(method, list, options).status).toBe(412)
    }
    expect(alice.delete(document, { headers: { 'If-Match': `"${first}"` } }).status).toBe(412)
    expect(alice.get(list).body).toBe('<list name="new"/>')
  })

  test('a star asks whether the resource is there', () => {
    expect(alice.put(document, types.lists, friends, { 'If-Match': '*' }).status).toBe(412)
    expect(alice.put(document, types.lists, friends, { 'If-None-Match': '*' }).status).toBe(201)
    expect(alice.put(document, types.lists, lists(''), { 'If-None-Match': '*' }).status).toBe(412)
    const work = at('resource-lists/list[@name="work"]')
    expect(alice.put(work, types.element, '<list name="work"/>', { 'If-None-Match': '*' }).status).toBe(412)
    const play = at('resource-lists/list[@name="play"]')
    expect(alice.put(play, types.element, '<list name="play"/>', { 'If-None-Match': '*' }).status).toBe(201)
  })

  test('a weak tag changes nothing, and what is no tag is a bad request', () => {
    const etag = putFriends()
    expect(alice.delete(document, { headers: { 'If-Match': `W/"${etag}"` } }).status).toBe(412)
    expect(alice.delete(document, { headers: { 'If-Match': etag } }).status).toBe(400)
  })
})
