/**
 * XML of strangers: no DTD, no entities, 32 levels, 10,000 nodes. What is refused, with which word, and that the limits
 * hold while a document is read.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { attributeOf, parseXml, textOf, xmlLimits } from '../../../src/xml/index.ts'

function faultOf(document: string | Uint8Array): string {
  const result = parseXml(typeof document === 'string' ? Buffer.from(document) : document)
  return result.ok ? 'none' : result.fault
}

function rootOf(document: string) {
  const result = parseXml(Buffer.from(document))
  if (!result.ok) throw new Error(result.text)
  return result.root
}

const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at} "${`&l${at - 1};`.repeat(10)}">`)
const billionLaughs = `<!DOCTYPE lolz [<!ENTITY l-1 "lol">${laughs.join('')}]><lolz>&l8;</lolz>`

describe('a document is refused', () => {
  it.each([
    ['a document type declaration', '<!DOCTYPE a><a/>', 'dtd'],
    ['a billion laughs', billionLaughs, 'dtd'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'dtd'],
    ['an entity that nobody has declared', '<a>&nbsp;</a>', 'not-well-formed'],
    ['one in an attribute', '<a b="&x;"/>', 'not-well-formed'],
    ['no element', '<!-- nothing -->', 'not-well-formed'],
    ['nothing', '', 'not-well-formed'],
    ['two elements', '<a/><b/>', 'not-well-formed'],
    ['text behind the element', '<a/>b', 'not-well-formed'],
    ['a missing end', '<a><b></a>', 'not-well-formed'],
    ['an attribute twice', '<a b="1" b="2"/>', 'not-well-formed'],
    ['an attribute twice by two prefixes', '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>', 'not-well-formed'],
    ['a prefix that is not declared', '<p:a/>', 'not-well-formed'],
    ['a prefix that is taken away', '<a xmlns:p="u"><b xmlns:p=""/></a>', 'not-well-formed'],
    ['a character that XML does not have', '<a>&#1;</a>', 'not-well-formed'],
    ['one that only XML 1.1 has', '<?xml version="1.1"?><a>&#1;</a>', 'not-well-formed'],
    ['a character beyond Unicode', '<a>&#x110000;</a>', 'not-well-formed'],
    ['Latin-1 by declaration', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', 'not-utf8'],
    ['UTF-16 by declaration', '<?xml version="1.0" encoding="UTF-16"?><a/>', 'not-utf8'],
  ])('for %s', (_, document, fault) => expect(faultOf(document)).toBe(fault))

  it.each([
    ['Latin-1', Buffer.from('<a>\xe9</a>', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff<a/>', 'utf16le')],
    ['half a surrogate pair', Buffer.from([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80, 0x3c, 0x2f, 0x61, 0x3e])],
    ['an overlong slash', Buffer.from([0x3c, 0x61, 0xc0, 0xaf, 0x3e])],
  ])('for bytes that are no UTF-8: %s', (_, bytes) => expect(faultOf(bytes)).toBe('not-utf8'))
})

describe('a document is bounded', () => {
  const nested = (levels: number) => '<a>'.repeat(levels) + '</a>'.repeat(levels)

  it('at 32 levels', () => {
    expect(faultOf(nested(32))).toBe('none')
    expect(faultOf(nested(33))).toBe('too-deep')
  })

  it('at 10,000 nodes, counting attributes, texts and comments', () => {
    expect(faultOf(`<a>${'<b/>'.repeat(9_999)}</a>`)).toBe('none')
    expect(faultOf(`<a>${'<b/>'.repeat(10_000)}</a>`)).toBe('too-many-nodes')
    expect(faultOf(`<a>${'<b c="1">x</b>'.repeat(3_334)}</a>`)).toBe('too-many-nodes')
    expect(faultOf(`<a>${'<!---->'.repeat(10_000)}</a>`)).toBe('too-many-nodes')
    const attributes = Array.from({ length: 10_000 }, (_, at) => `a${at}=""`).join(' ')
    expect(faultOf(`<a ${attributes}/>`)).toBe('too-many-nodes')
  })

  it('in namespaces declared around one place, not in the whole document', () => {
    const declarations = (count: number) => Array.from({ length: count }, (_, at) => ` xmlns:p${at}="u"`).join('')
    expect(faultOf(`<a${declarations(128)}><b/></a>`)).toBe('none')
    expect(faultOf(`<a${declarations(129)} <<<`)).toBe('too-many-nodes')
    expect(faultOf(`<a${declarations(100)}><b${declarations(29)}/></a>`)).toBe('too-many-nodes')
    expect(faultOf(`<a${declarations(100)}>${`<b${declarations(28)}/>`.repeat(100)}</a>`)).toBe('none')
  })

  it('in bytes, before anything is decoded', () => {
    expect(faultOf(Buffer.alloc(xmlLimits.bytesMax + 1, 0xff))).toBe('too-large')
  })

  it('while it is read: what comes behind the limit is not looked at', () => {
    // None of these is well-formed further on, and none was read so far.
    expect(faultOf(`${'<a>'.repeat(33)}<<<`)).toBe('too-deep')
    expect(faultOf(`<a>${'<b/>'.repeat(10_000)}<<<`)).toBe('too-many-nodes')
    expect(faultOf(`<a ${Array.from({ length: 10_001 }, (_, at) => `a${at}=""`).join(' ')} <<<`)).toBe('too-many-nodes')
    expect(faultOf('<!DOCTYPE a><<<')).toBe('dtd')
  })
})

describe('a document is read', () => {
  it('with a byte order mark, and with UTF-8 or ASCII declared in any case', () => {
    expect(rootOf('\ufeff<a/>').local).toBe('a')
    for (const encoding of ['UTF-8', 'utf-8', 'us-ascii']) {
      expect(rootOf(`<?xml version="1.0" encoding="${encoding}"?><a/>`).local).toBe('a')
    }
  })

  it('with character references, CDATA and the five entities in one text', () => {
    const root = rootOf('<a>x &amp; <![CDATA[<y>]]>&#x20AC;&lt;&gt;&quot;&apos;</a>')
    expect(root.children).toEqual([{ kind: 'text', text: 'x & <y>€<>"\'' }])
    expect(textOf(root)).toBe('x & <y>€<>"\'')
  })

  it('with line ends and blanks of attributes as XML reads them', () => {
    const root = rootOf('<a b="1\n2\t3&#10;4">x\r\ny</a>')
    expect(attributeOf(root, 'b')).toBe('1 2 3\n4')
    expect(textOf(root)).toBe('x\ny')
  })

  it('with names that objects have of their own', () => {
    const root = rootOf('<__proto__ constructor="1" __proto__="2" toString="3"/>')
    expect(root.attributes.map(({ value }) => value)).toEqual(['1', '2', '3'])
  })
})
