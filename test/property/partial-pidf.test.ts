/**
 * Partial presence: of any two documents, the difference applied to the first is the second; and no patch at all makes
 * us throw or changes what it does not reach (P4).
 */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyPatch,
  applyPidfDiff,
  type PresenceDocument,
  parsePartialPidf,
  writePidf,
  writePidfDiff,
  writePidfFull,
} from '../../src/documents/index.ts'
import { parseXml, writeXml, type XmlElement, xmlElement } from '../../src/xml/index.ts'
import { anyPresenceDocument, presenceDocument, said } from '../support/presence-documents.ts'
import { meaning, xmlTree } from '../support/xml-arbitraries.ts'

function rootOf(document: PresenceDocument): XmlElement {
  return tree(writePidf(document))
}

function tree(bytes: Uint8Array): XmlElement {
  const parsed = parseXml(bytes)
  if (!parsed.ok) throw new Error(parsed.text)
  return parsed.root
}

/** Two that have much in common: parts of the second are those of the first. */
const changed = fc
  .tuple(anyPresenceDocument, anyPresenceDocument, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }))
  .map(([before, other, choices]) => {
    const choose = <K extends 'tuples' | 'persons' | 'devices' | 'elements'>(key: K, at: number) =>
      choices[at] ? before[key] : choices[at + 1] ? before[key].slice(1) : other[key]
    const notes = choices[8] ? before.notes : other.notes
    const after = { ...before, notes }
    const candidates = {
      tuples: choose('tuples', 0),
      persons: choose('persons', 2),
      devices: choose('devices', 4),
      elements: choose('elements', 6),
    }
    return { before, after: { ...after, ...candidates } as PresenceDocument }
  })
  .filter(({ after }) => {
    const ids = [...after.tuples, ...after.persons, ...after.devices].map(({ id }) => id)
    const ofElements = after.elements.flatMap(({ attributes }) =>
      attributes.filter(({ ns, local }) => ns === '' && local === 'id').map(({ value }) => value),
    )
    return new Set([...ids, ...ofElements]).size === ids.length + ofElements.length
  })

describe('partial presence', () => {
  it('applied to the document before gives the one after', () => {
    let diffsCount = 0
    fc.assert(
      fc.property(changed, ({ before, after }) => {
        const diff = writePidfDiff(rootOf(before), rootOf(after), 2)
        if (diff === null) return
        diffsCount++
        const parsed = parsePartialPidf(diff)
        if (!parsed.ok || parsed.document.kind !== 'diff') throw new Error('no diff')
        const applied = applyPidfDiff(writePidf(before), parsed.document.patch)
        if (!applied.ok) throw new Error(`${applied.fault} of ${Buffer.from(diff)}`)
        expect(said(applied.document)).toEqual(said(presenceDocument(writePidf(after))))
      }),
      { numRuns: 600 },
    )
    expect(diffsCount).toBeGreaterThan(60)
  })

  it('says the same as a whole', () => {
    fc.assert(
      fc.property(anyPresenceDocument, fc.nat(), (document, version) => {
        const parsed = parsePartialPidf(writePidfFull(rootOf(document), version))
        if (!parsed.ok || parsed.document.kind !== 'full') throw new Error('no whole')
        expect(parsed.document.version).toBe(version)
        expect(said(presenceDocument(Buffer.from(writeXml(parsed.document.root))))).toEqual(
          said(presenceDocument(writePidf(document))),
        )
      }),
    )
  })

  it('never throws, whatever the patch is', () => {
    const step = fc.constantFrom(
      '*',
      'a',
      'b',
      'text()',
      'comment()',
      '@a',
      '[1]',
      '[2]',
      "[@a='']",
      '/',
      '..',
      'p:a',
      '[',
      ']',
      "'",
    )
    const selector = fc.array(step, { maxLength: 8 }).map((steps) => steps.join(''))
    const operation = fc
      .record({
        local: fc.constantFrom('add', 'replace', 'remove'),
        sel: selector,
        pos: fc.constantFrom('', 'before', 'after', 'prepend'),
        ws: fc.constantFrom('', 'both'),
        type: fc.constantFrom('', '', '@a', '@p:b'),
        content: fc.array(xmlTree, { maxLength: 1 }),
      })
      .map(({ local, content, ...rest }) => {
        const attributes = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''))
        return xmlElement('urn:d', local, attributes, content)
      })
    fc.assert(
      fc.property(xmlTree, fc.array(operation, { maxLength: 3 }), (given, operations) => {
        const before = JSON.stringify(meaning(given))
        const result = applyPatch(given, xmlElement('urn:d', 'diff', {}, operations))
        expect(JSON.stringify(meaning(given))).toBe(before)
        // What comes out can be written and read.
        if (result.ok) expect(meaning(tree(Buffer.from(writeXml(result.root))))).toEqual(meaning(result.root))
      }),
      { numRuns: 1000 },
    )
  })
})
