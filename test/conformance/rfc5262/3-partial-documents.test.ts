/**
 * RFC 5262: whole documents with a version, and differences that are applied to the document before.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { applyPidfDiff, parsePartialPidf, writePidfDiff, writePidfFull } from '../../../src/documents/index.ts'
import { parseXml, type XmlElement } from '../../../src/xml/index.ts'
import { presence, presenceDocument, said } from '../../support/presence-documents.ts'

function root(text: string | Uint8Array): XmlElement {
  const parsed = parseXml(Buffer.from(text as Uint8Array))
  if (!parsed.ok) throw new Error(parsed.text)
  return parsed.root
}

const tuple = (id: string, basic: string, rest = '') =>
  `\n  <tuple id="${id}"><status><basic>${basic}</basic></status>${rest}</tuple>`

const mobile = '<contact priority="0.8">tel:+1-555-0100</contact>'
const away = '<dm:person id="p1"><r:activities><r:busy/></r:activities></dm:person>'
const before = presence(`${tuple('sg89ae', 'open', mobile)}${tuple('cg231jcr', 'open')}<note>Hello</note>${away}`)

const diff = `<p:pidf-diff xmlns="urn:ietf:params:xml:ns:pidf" xmlns:p="urn:ietf:params:xml:ns:pidf-diff"
  xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid"
  entity="pres:someone@example.test" version="567">
  <p:add sel="presence/note" pos="before"><tuple id="ert4773"><status><basic>open</basic></status></tuple></p:add>
  <p:replace sel="*/tuple[@id='cg231jcr']/status/basic/text()">closed</p:replace>
  <p:remove sel="*/dm:person/r:activities/r:busy"/>
  <p:replace sel="*/tuple[@id='sg89ae']/contact/@priority">0.7</p:replace>
</p:pidf-diff>`

/** Adds 29 levels. */
function nested(selector: string, name: string): string {
  return `<p:add sel="${selector}">${`<${name}>`.repeat(29)}${`</${name}>`.repeat(29)}</p:add>`
}

describe('RFC 5262 partial presence', () => {
  it('§3: a difference has an entity, a version and operations, which make the new document of the old', () => {
    const parsed = parsePartialPidf(Buffer.from(diff))
    expect(parsed).toMatchObject({
      ok: true,
      document: { kind: 'diff', entity: 'pres:someone@example.test', version: 567 },
    })
    const patch = parsed.ok && parsed.document.kind === 'diff' ? parsed.document.patch : root('<x/>')
    const applied = applyPidfDiff(Buffer.from(before), patch)
    const after = applied.ok ? applied.document : null
    expect(after?.tuples.map(({ id, basic }) => [id, basic])).toEqual([
      ['sg89ae', 'open'],
      ['cg231jcr', 'closed'],
      ['ert4773', 'open'],
    ])
    expect(after?.tuples[0]?.contact?.priority).toBe(0.7)
    expect(applied.ok && said(presenceDocument(applied.bytes))).toEqual(said(after!))
  })

  it('§3: a whole document is a presence document with a version', () => {
    const full = writePidfFull(root(before), 1)
    expect(Buffer.from(full).toString()).toMatch(/<p:pidf-full [^>]*version="1"/)
    const parsed = parsePartialPidf(full)
    const again = parsed.ok && parsed.document.kind === 'full' ? parsed.document : null
    expect(again).toMatchObject({ entity: 'pres:someone@example.test', version: 1 })
    expect(again?.root.children).toEqual(root(before).children)
  })

  it('§4: the difference of a word is a word', () => {
    const after = before.replace(
      '<basic>open</basic></status></tuple><note>',
      '<basic>closed</basic></status></tuple><note>',
    )
    const written = Buffer.from(writePidfDiff(root(before), root(after), 2)!).toString()
    expect(written).toContain(
      `<p:replace sel="presence/tuple[@id='cg231jcr']/status/basic/text()">closed</p:replace></p:pidf-diff>`,
    )
    expect(written).toContain('entity="pres:someone@example.test" version="2"')
  })

  it('§4: where the difference is no shorter, the whole is sent', () => {
    expect(
      writePidfDiff(root(presence(tuple('a', 'open'))), root(presence(tuple('b', 'closed', mobile))), 2),
    ).toBeNull()
  })

  it('§4: where parts have changed their order, which no operation says, the whole is sent', () => {
    const [one, two] = [tuple('a', 'open', mobile), tuple('b', 'closed', '<note>away</note>'.repeat(9))]
    expect(writePidfDiff(root(presence(one + two)), root(presence(two + one)), 2)).toBeNull()
  })

  it.each([
    ['a version that is no number', diff.replace('567', 'x'), 'malformed'],
    ['no entity', diff.replace('entity="pres:someone@example.test" ', ''), 'malformed'],
    ['plain PIDF', before, 'other-format'],
  ])('§3.1: is refused: %s', (_, text, fault) => {
    expect(parsePartialPidf(Buffer.from(text))).toMatchObject({ ok: false, fault })
  })

  it.each([
    ['a tuple twice', '<p:add sel="*"><tuple id="sg89ae"><status/></tuple></p:add>', 'duplicate-id'],
    ['another root', '<p:replace sel="*"><x xmlns="urn:x"/></p:replace>', 'no-presence'],
    ['a third basic', '<p:replace sel="*/tuple[1]/status/basic/text()">ajar</p:replace>', 'bad-basic'],
    ['too deep', nested('*', 'a') + nested('*/a/a/a/a', 'b'), 'too-deep'],
  ])('§4: what comes out has to be a presence document: %s', (_, operations, fault) => {
    const text = diff.replace(/<p:add[\s\S]*(?=<\/p:pidf-diff>)/, operations)
    const parsed = parsePartialPidf(Buffer.from(text))
    const patch = parsed.ok && parsed.document.kind === 'diff' ? parsed.document.patch : root('<x/>')
    expect(applyPidfDiff(Buffer.from(before), patch)).toEqual({ ok: false, fault })
  })
})
