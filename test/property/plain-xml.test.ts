/**
 * What is read as plain XML is what the full parser reads: the same tree, and never what that refuses (P4).
 */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { depthMax, nodesMax, parseXml } from '../../src/xml/index.ts'
import { declarationsMax } from '../../src/xml/parse.ts'
import { readPlain } from '../../src/xml/read-plain.ts'

const limits = { depthMax, nodesMax, declarationsMax }

/** The comment behind it makes it anything but plain. */
function readInFull(text: string): unknown {
  const result = parseXml(Buffer.from(`${text}<!-- -->`))
  return result.ok ? result.root : result.fault
}

/** Mostly plain, so that whole documents are, too. */
function mostly(plain: readonly string[], odd: readonly string[]): fc.Arbitrary<string> {
  const usual = { weight: 12, arbitrary: fc.constantFrom(...plain) }
  return fc.oneof(usual, { weight: 1, arbitrary: fc.constantFrom(...odd) })
}

const tagName = mostly(['a', 'b', 'p:a', 'q:b'], ['xmlns:p', 'xmlns', 'n:a', '1', 'é'])
const key = mostly(['a', 'b', 'p:a', 'q:a', 'xml:lang', 'xmlns', 'xmlns:p'], ['xmlns:xml', 'n:a', '1', 'é'])
const value = mostly(['x', 'urn:one', 'urn:two', '>'], ['', ' x ', '<', '&amp;', "'", '\n', '\u00a0', '😀'])
const quote = mostly(['"'], ["'"])
const blank = mostly([' ', '\n', '\r\n'], ['', '\u00a0'])
const attribute = fc.tuple(blank, key, quote, value).map(([gap, at, mark, text]) => `${gap}${at}=${mark}${text}${mark}`)
const attributes = fc.array(attribute, { maxLength: 3 }).map((each) => each.join(''))
const content = mostly(
  ['x', ' ', '\r\n', '\r', '&amp;', '&lt;', '&quot;&apos;&gt;'],
  ['&#33;', '&who;', '&', ']]>', '<?go on?>', '😀', '\u0001'],
)
const declaration = mostly(
  ['', '<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-8"?>\r\n'],
  ['<?xml version="1.1"?>', ' ', '\ufeff', '<?xml version="1.0" encoding="latin-1"?>', '<?xml encoding="utf-8"?>'],
)
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(tagName, attributes, blank).map(([tag, inside, gap]) => `<${tag}${inside}${gap}/>`),
    fc
      .tuple(tagName, attributes, fc.array(fc.oneof(content, tie('element')), { maxLength: 4 }), blank)
      .map(([tag, inside, children, gap]) => `<${tag}${inside}>${children.join('')}</${tag}${gap}>`),
  ),
}))
const declared = 'xmlns="urn:one" xmlns:p="urn:two" xmlns:q="urn:one"'
const document = fc
  .tuple(declaration, element, mostly(['', '\n'], ['x', '<a/>']))
  .map(([head, inside, tail]) => `${head}<a ${declared}>${inside}</a>${tail}`)

describe('plain XML', () => {
  it('is read as the full parser reads it, and what that refuses is not read', () => {
    let plain = 0
    fc.assert(
      fc.property(fc.oneof(document, element), (text) => {
        const read = readPlain(text, limits)
        if (!read) return
        plain++
        expect(read).toEqual(readInFull(text))
      }),
      { numRuns: 1_500 },
    )
    expect(plain).toBeGreaterThan(100)
  })

  it('is what a client usually writes', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>\r\n<presence
      xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@b"
      ><tuple id='t-1'><status><basic>open</basic></status><note xml:lang="en">R&amp;D</note></tuple></presence>\r\n`
    expect(readPlain(text, limits)).toEqual(readInFull(text))
  })

  it.each([
    ['40 levels', `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`, 'too-deep'],
    ['11,000 elements', `<a>${'<a/>'.repeat(11_000)}</a>`, 'too-many-nodes'],
    [
      '200 namespaces',
      `<a ${Array.from({ length: 60 }, (_, at) => `xmlns:n${at}="urn:x"`).join(' ')}>`.repeat(4),
      'too-many-nodes',
    ],
    [
      '20,000 attributes',
      `<a ${Array.from({ length: 20_000 }, (_, at) => `n${at}="x"`).join(' ')}/>`,
      'too-many-nodes',
    ],
  ])('of %s is refused as the limits say', (_what, text, fault) => {
    expect(readPlain(text, limits)).toBeNull()
    expect(parseXml(Buffer.from(text))).toMatchObject({ fault })
  })
})
