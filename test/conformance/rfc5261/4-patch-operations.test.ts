/**
 * RFC 5261 §4: add, replace and remove, found by selectors; and the word for each patch that does not apply.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { applyPatch } from '../../../src/documents/index.ts'
import { parseXml, writeElement, type XmlElement } from '../../../src/xml/index.ts'

function tree(text: string): XmlElement {
  const parsed = parseXml(Buffer.from(text))
  if (!parsed.ok) throw new Error(`${parsed.text} in ${text}`)
  return parsed.root
}

function patched(document: string, ...operations: readonly string[]): string {
  const patch = `<d:diff xmlns="" xmlns:d="urn:diff" xmlns:p="urn:pref">${operations.join('')}</d:diff>`
  const result = applyPatch(tree(document), tree(patch))
  return result.ok ? writeElement(result.root) : result.fault
}

const doc = '<doc><foo id="ert4773">This is a sample</foo></doc>'

describe('RFC 5261 patch operations', () => {
  it.each([
    [
      '§4.3.1: an element as last child',
      doc,
      '<d:add sel="doc"><b id="x">new</b></d:add>',
      '<doc><foo id="ert4773">This is a sample</foo><b id="x">new</b></doc>',
    ],
    ['§4.3.1: with blanks around it', '<doc>\n</doc>', '<d:add sel="doc"> <b/>\n</d:add>', '<doc>\n <b/>\n</doc>'],
    [
      '§4.3.2: an attribute',
      doc,
      '<d:add sel="doc/foo" type="@user">Bob</d:add>',
      '<doc><foo id="ert4773" user="Bob">This is a sample</foo></doc>',
    ],
    [
      '§4.3.2: an attribute with a prefix',
      '<doc/>',
      '<d:add sel="doc" type="@p:a">1</d:add>',
      '<doc xmlns:p="urn:pref" p:a="1"/>',
    ],
    [
      '§4.3.4: at the beginning',
      '<doc><a/></doc>',
      '<d:add sel="doc" pos="prepend"><b/></d:add>',
      '<doc><b/><a/></doc>',
    ],
    [
      '§4.3.4: before and behind',
      '<doc><a/></doc>',
      '<d:add sel="doc/a" pos="before"><b/></d:add><d:add sel="*/a" pos="after">t<c/></d:add>',
      '<doc><b/><a/>t<c/></doc>',
    ],
    ['§4.4.1: an element', '<doc><a>1</a></doc>', '<d:replace sel="doc/a"> <b/> </d:replace>', '<doc><b/></doc>'],
    ['§4.4.1: the root', '<doc/>', '<d:replace sel="doc"><b/></d:replace>', '<b/>'],
    ['§4.4.2: an attribute', '<doc a="1"/>', '<d:replace sel="doc/@a">2</d:replace>', '<doc a="2"/>'],
    [
      '§4.4.4: a comment',
      '<doc><!--a--></doc>',
      '<d:replace sel="doc/comment()"><!--b--></d:replace>',
      '<doc><!--b--></doc>',
    ],
    ['§4.4.6: a text', '<doc><a>1</a></doc>', '<d:replace sel="doc/a/text()">2</d:replace>', '<doc><a>2</a></doc>'],
    [
      '§4.4.6: a text by its place',
      '<doc>1<b/>2</doc>',
      '<d:replace sel="doc/text()[2]">3</d:replace>',
      '<doc>1<b/>3</doc>',
    ],
    ['§4.5.1: an element', doc, '<d:remove sel="doc/foo[@id=\'ert4773\']"/>', '<doc/>'],
    [
      '§4.5.1: with the blanks behind it',
      '<doc>\n <a/>\n <b/>\n</doc>',
      '<d:remove sel="doc/a" ws="after"/>',
      '<doc>\n <b/>\n</doc>',
    ],
    ['§4.5.1: with the blanks on both sides', '<doc> <a/> </doc>', '<d:remove sel="doc/a" ws="both"/>', '<doc/>'],
    ['§4.5.2: an attribute', '<doc a="1" b="2"/>', '<d:remove sel="doc/@a"/>', '<doc b="2"/>'],
    ['§4.5.6: a text', '<doc>1<b/></doc>', '<d:remove sel="doc/text()"/>', '<doc><b/></doc>'],
    [
      '§4.1: by place among those of a name',
      '<doc><a/><b/><a>2</a></doc>',
      '<d:remove sel="doc/a[2]"/>',
      '<doc><a/><b/></doc>',
    ],
    ['§4.1: by place among all', '<doc><a/><b/><a/></doc>', '<d:remove sel="*/*[2]"/>', '<doc><a/><a/></doc>'],
    [
      '§4.1: by what a child says',
      '<doc><a><b>x</b></a><a><b>y</b></a></doc>',
      '<d:remove sel="doc/a[b=\'y\']"/>',
      '<doc><a><b>x</b></a></doc>',
    ],
    [
      '§4.1: by what it says',
      '<doc><a>x</a><a>y</a></doc>',
      '<d:remove sel="/doc/a[.=&quot;y&quot;]"/>',
      '<doc><a>x</a></doc>',
    ],
    [
      '§4.1: by two predicates',
      '<doc><a k="1"/><a/><a k="1"/></doc>',
      '<d:remove sel="doc/a[@k=\'1\'][2]"/>',
      '<doc><a k="1"/><a/></doc>',
    ],
    [
      '§4.1: with a slash and a bracket in a value',
      '<doc><a k="x/y]"/></doc>',
      '<d:remove sel="doc/a[@k=\'x/y]\']"/>',
      '<doc/>',
    ],
    ['§4.2.1: by a prefix of the patch', '<doc><x:a xmlns:x="urn:pref"/></doc>', '<d:remove sel="doc/p:a"/>', '<doc/>'],
    [
      '§4.2.1: by a prefix of the operation',
      '<doc><a xmlns="urn:q"/></doc>',
      '<d:remove xmlns:q="urn:q" sel="doc/q:a"/>',
      '<doc/>',
    ],
    [
      '§4.2.1: by the default namespace of the operation',
      '<doc xmlns="urn:q"><a/></doc>',
      '<d:remove xmlns="urn:q" sel="doc/a"/>',
      '<doc xmlns="urn:q"/>',
    ],
    [
      '§4: one after the other',
      '<doc/>',
      '<d:add sel="doc"><a/></d:add><d:add sel="doc/a"><b/></d:add>',
      '<doc><a><b/></a></doc>',
    ],
  ])('%s', (_, document, operations, wanted) => expect(patched(document, operations)).toBe(wanted))

  it.each([
    ['nothing there', '<d:remove sel="doc/bar"/>', 'unlocated-node'],
    ['two there', '<d:remove sel="doc/foo/../foo"/>', 'unlocated-node'],
    ['an attribute that is not there', '<d:remove sel="doc/foo/@x"/>', 'unlocated-node'],
    ['no selector', '<d:remove/>', 'invalid-diff-format'],
    ['a selector that is none', '<d:remove sel="doc//foo"/>', 'invalid-attribute-value'],
    ['an open bracket', '<d:remove sel="doc/foo[1"/>', 'invalid-attribute-value'],
    ['a function', '<d:remove sel="doc/foo[last()]"/>', 'invalid-attribute-value'],
    ['too much of one', `<d:remove sel="${'['.repeat(2000)}"/>`, 'invalid-attribute-value'],
    ['a prefix that nobody has declared', '<d:remove sel="doc/z:a"/>', 'invalid-namespace-prefix'],
    ['by id', '<d:remove sel="id(\'ert4773\')"/>', 'unsupported-id-function'],
    ['an operation that nobody knows', '<d:move sel="doc"/>', 'invalid-patch-directive'],
    ['an operation of another namespace', '<remove sel="doc/foo"/>', 'invalid-patch-directive'],
    ['an attribute that is there', '<d:add sel="doc/foo" type="@id">x</d:add>', 'invalid-patch-directive'],
    ['the root', '<d:remove sel="doc"/>', 'invalid-root-element-operation'],
    ['beside the root', '<d:add sel="doc" pos="after"><b/></d:add>', 'invalid-root-element-operation'],
    ['a place that is none', '<d:add sel="doc" pos="under"><b/></d:add>', 'invalid-attribute-value'],
    ['two elements for one', '<d:replace sel="doc/foo"><a/><b/></d:replace>', 'invalid-node-types'],
    ['text for an element', '<d:replace sel="doc/foo">x</d:replace>', 'invalid-node-types'],
    ['an element for text', '<d:replace sel="doc/foo/text()"><b/></d:replace>', 'invalid-node-types'],
    ['into an attribute', '<d:add sel="doc/foo/@id"><b/></d:add>', 'invalid-node-types'],
    ['blanks that are not there', '<d:remove sel="doc/foo" ws="before"/>', 'invalid-whitespace-directive'],
    ['too many', '<d:add sel="doc"><b/></d:add>'.repeat(501), 'too-many-operations'],
  ])('§5: refuses with a word: %s', (_, operations, fault) => expect(patched(doc, operations)).toBe(fault))

  it('§5: many dear selectors together are refused, however few they are', () => {
    const many = `<doc>${'<n/>'.repeat(9_000)}</doc>`
    const dear = `<d:add sel="doc/n${`[.='']`.repeat(100)}[1]"><x/></d:add>`
    expect(patched(many, dear)).toContain('<doc><n><x/></n><n/>')
    expect(patched(many, ...Array.from({ length: 10 }, () => dear))).toBe('too-much-effort')
    const copying = '<d:add sel="doc" type="@a">1</d:add><d:remove sel="doc/@a"/>'
    expect(patched(many, ...Array.from({ length: 200 }, () => copying))).toBe('too-much-effort')
  })

  it('§5: does all or nothing', () => {
    const root = tree(doc)
    const before = writeElement(root)
    expect(patched(doc, '<d:remove sel="doc/foo"/>', '<d:remove sel="doc/foo"/>')).toBe('unlocated-node')
    expect(writeElement(root)).toBe(before)
  })
})
