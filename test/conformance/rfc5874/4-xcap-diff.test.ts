/**
 * RFC 5874: which documents of a user have changed, with their entity tags.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { parseXcapDiff, writeXcapDiff } from '../../../src/documents/index.ts'

const index = 'resource-lists/users/sip:joe@example.test/index'
const diff = {
  xcapRoot: 'https://xcap.example.test/root/',
  documents: [
    { path: index, newEtag: '7ahggs', previousEtag: '8a77f8d' },
    { path: `${index}2`, newEtag: 'new', previousEtag: null },
    { path: `${index}3`, newEtag: null, previousEtag: 'gone' },
  ],
  nodes: [
    { kind: 'element' as const, path: `${index}/~~/*/list`, exists: false, element: null },
    { kind: 'attribute' as const, path: `${index}/~~/*/list/@name`, exists: true, element: null },
  ],
}

describe('RFC 5874 XCAP diff', () => {
  it('§4: is read as it was written', () => {
    expect(parseXcapDiff(writeXcapDiff(diff))).toEqual({ ok: true, document: diff })
  })

  it('§4: names documents below the root with both entity tags, or with one', () => {
    const text = Buffer.from(writeXcapDiff(diff)).toString()
    expect(text).toContain(
      '<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="https://xcap.example.test/root/">',
    )
    expect(text).toContain(`<document new-etag="7ahggs" sel="${index}" previous-etag="8a77f8d"/>`)
    expect(text).toContain(`<document new-etag="new" sel="${index}2"/>`)
    expect(text).toContain(`<document sel="${index}3" previous-etag="gone"/>`)
  })

  it('§4: an element may be sent along, and is there unless it says otherwise', () => {
    const text = Buffer.from(writeXcapDiff({ ...diff, nodes: [] }))
      .toString()
      .replace('</xcap-diff>', '<element sel="x"><list xmlns="urn:l" name="a"/></element></xcap-diff>')
    expect(parseXcapDiff(Buffer.from(text))).toMatchObject({
      ok: true,
      document: { nodes: [{ kind: 'element', path: 'x', exists: true, element: { ns: 'urn:l', local: 'list' } }] },
    })
  })

  it('is refused without root or selector', () => {
    const text = Buffer.from(writeXcapDiff(diff)).toString()
    for (const part of [' xcap-root="https://xcap.example.test/root/"', ` sel="${index}"`]) {
      expect(parseXcapDiff(Buffer.from(text.replace(part, '')))).toMatchObject({ ok: false, fault: 'malformed' })
    }
  })
})
