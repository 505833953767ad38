/**
 * Presence documents, any there may be, written and read again; and any bytes at all, which never make us throw (P4).
 */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePidf, writePidf } from '../../src/documents/index.ts'
import { writeElement } from '../../src/xml/index.ts'
import { anyPresenceDocument, presence, presenceDocument, said } from '../support/presence-documents.ts'
import { xmlTree } from '../support/xml-arbitraries.ts'

describe('a presence document', () => {
  it('says the same when it was written and read', () => {
    fc.assert(
      fc.property(anyPresenceDocument, (document) => {
        expect(said(presenceDocument(writePidf(document)))).toEqual(said(document))
      }),
      { numRuns: 300 },
    )
  })

  it('never makes the parser throw, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            xmlTree,
            xmlTree.map((tree) => ({ ...tree, ns: 'urn:ietf:params:xml:ns:pidf' })),
          ),
        ),
        (trees) => {
          parsePidf(Buffer.from(presence(trees.map((tree) => writeElement(tree)).join(''))))
        },
      ),
    )
  })
})
