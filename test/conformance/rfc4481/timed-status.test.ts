/**
 * RFC 4481: what a service will be or was, at other times than now.
 */
import { describe, expect, it } from 'vitest'
import { basicOf, validityOf, writePidf } from '../../../src/documents/index.ts'
import { presence, presenceDocument } from '../../support/presence-documents.ts'

const timed = presence(`<tuple id="c8dqui"><status><basic>open</basic></status>
  <ts:timed-status from="2026-08-15T10:20:00.000-05:00" until="2026-08-22T19:30:00.000-05:00">
    <ts:basic>closed</ts:basic></ts:timed-status><contact>sip:someone@example.test</contact></tuple>`)

describe('RFC 4481 timed status', () => {
  it('§3: says nothing about now', () => {
    expect(basicOf(presenceDocument(timed))).toBe('open')
  })

  it('§3: passes with its times', () => {
    const [status] = presenceDocument(writePidf(presenceDocument(timed))).tuples[0]!.elements
    expect(status).toMatchObject({ local: 'timed-status' })
    expect(validityOf(status!)).toEqual({
      fromMs: Date.UTC(2026, 7, 15, 15, 20),
      untilMs: Date.UTC(2026, 7, 23, 0, 30),
    })
  })
})
