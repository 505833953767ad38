/**
 * 409 Conflict and its body (RFC 4825 §11): every kind, and that nothing was changed.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { encodeConflict } from '../../../src/xcap/conflict.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { conflictOf, type XcapAnswer, XcapClient } from '../../support/xcap-client.ts'
import { friends, lists, services, types } from '../../support/xcap-documents.ts'

let alice: XcapClient
let document: string

beforeEach(async () => {
  alice = new XcapClient(await ServerWorld.start(), 'alice')
  document = alice.path('resource-lists')
})

function at(node: string): string {
  return alice.path('resource-lists', 'index', node)
}

function put(body: string | Uint8Array): XcapAnswer {
  return alice.put(document, types.lists, body)
}

describe('RFC 4825 §11: xcap-error documents', () => {
  test('not-well-formed: a document that is no XML', () => {
    for (const body of ['', 'hello', '<resource-lists>', lists('<list>'), lists('<list a="1" a="2"/>')]) {
      expect(conflictOf(put(body))).toBe('not-well-formed')
    }
  })

  test('not-utf-8: a document, element or attribute in another coding', () => {
    const latin = Buffer.from(lists('<list name="fü"/>'), 'latin1')
    expect(conflictOf(put(latin))).toBe('not-utf-8')
    expect(conflictOf(put(`<?xml version="1.0" encoding="ISO-8859-1"?>${lists('')}`))).toBe('not-utf-8')
    put(friends)
    expect(conflictOf(alice.put(at('resource-lists/list[2]'), types.element, latin))).toBe('not-utf-8')
    expect(conflictOf(alice.put(at('resource-lists/list[2]/@name'), types.attribute, Buffer.from([0xff])))).toBe(
      'not-utf-8',
    )
  })

  test('not-xml-frag: a body that is not one element', () => {
    put(friends)
    for (const body of [
      '',
      'text',
      '<list/><list/>',
      '<list>',
      '</wrapper><wrapper>',
      '<list/></wrapper><wrapper>',
      '<!-- c --><list/>',
      '<y:list/>',
      '<?xml version="1.0"?><list/>',
    ]) {
      const answer = alice.put(at('resource-lists/list[@name="new"]'), types.element, body)
      expect([body, conflictOf(answer)]).toEqual([body, 'not-xml-frag'])
    }
    expect(alice.get(document).body).toBe(friends)
  })

  test('not-xml-att-value: a body that cannot stand between quotes', () => {
    put(friends)
    for (const body of ['a<b', 'a & b', '&nbsp;', '&#0;']) {
      const answer = alice.put(at('resource-lists/list[2]/@name'), types.attribute, body)
      expect([body, conflictOf(answer)]).toEqual([body, 'not-xml-att-value'])
    }
  })

  test('no-parent: with the nearest ancestor that is there', () => {
    const orphan = alice.put(at('resource-lists/list[@name="a"]'), types.element, '<list name="a"/>')
    expect(conflictOf(orphan)).toBe('no-parent')
    expect(orphan.body).toContain('<ancestor>/xcap-root/resource-lists/users/sip:alice@example.test</ancestor>')
    put(friends)
    const deep = alice.put(
      at('resource-lists/list[@name="none"]/list/entry[1]'),
      types.element,
      '<entry uri="sip:x@y"/>',
    )
    expect(conflictOf(deep)).toBe('no-parent')
    expect(deep.body).toContain(`<ancestor>${document}/~~/resource-lists</ancestor>`)
    const attribute = alice.put(at('resource-lists/list[3]/@name'), types.attribute, 'x')
    expect(conflictOf(attribute)).toBe('no-parent')
    expect(conflictOf(alice.put(at('other/list'), types.element, '<list/>'))).toBe('no-parent')
  })

  test('schema-validation-error: what the schema does not have', () => {
    expect(conflictOf(put('<list xmlns="urn:ietf:params:xml:ns:resource-lists"/>'))).toBe('schema-validation-error')
    put(friends)
    expect(conflictOf(alice.put(at('resource-lists/entry'), types.element, '<entry uri="sip:x@y"/>'))).toBe(
      'schema-validation-error',
    )
    expect(conflictOf(alice.put(at('resource-lists/list[2]/@colour'), types.attribute, 'red'))).toBe(
      'schema-validation-error',
    )
    expect(conflictOf(alice.delete(at('resource-lists/list[1]/entry[2]/@uri')))).toBe('schema-validation-error')
    expect(alice.get(document).body).toBe(friends)
  })

  test('uniqueness-failure: where the value stands, and one that would be free', () => {
    const answer = put(lists('<list name="a"/><list name="a-2"/><list name="a"/>'))
    expect(conflictOf(answer)).toBe('uniqueness-failure')
    expect(answer.body).toContain('<exists field="/resource-lists/list[3]/@name"><alt-value>a-3</alt-value></exists>')
    const service = '<service uri="sip:everybody@example.test"><list/></service>'
    const taken = alice.put(alice.path('rls-services'), types.services, services(service))
    expect(conflictOf(taken)).toBe('uniqueness-failure')
    expect(taken.body).toContain('<alt-value>sip:alice+everybody@example.test</alt-value>')
  })

  test('constraint-failure: what else is asked of a document', () => {
    const long = `sip:${'a'.repeat(320)}@example.test`
    expect(conflictOf(put(lists(`<list><entry uri="${long}"/></list>`)))).toBe('constraint-failure')
    expect(conflictOf(put(lists('<list><entry uri="bob"/></list>')))).toBe('constraint-failure')
  })

  test('phrases and values are escaped, and an extension has elements of its own', () => {
    expect(encodeConflict({ kind: 'cannot-insert', phrase: '"<a>" & b' })).toContain(
      '<cannot-insert phrase="&quot;&lt;a&gt;&quot; &amp; b"/>',
    )
    const extension = encodeConflict({ kind: 'extension', phrase: '', content: '<x:why xmlns:x="urn:x"/>' })
    expect(extension).toContain('<extension><x:why xmlns:x="urn:x"/></extension>')
  })
})
