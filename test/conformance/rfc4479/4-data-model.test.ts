/**
 * RFC 4479: persons, services and devices in one document.
 */
import { describe, expect, it } from 'vitest'
import { writePidf } from '../../../src/documents/index.ts'
import { pidfFault, presence, presenceDocument, said } from '../../support/presence-documents.ts'

const whole = presence(`
  <tuple id="sg89ae"><status><basic>open</basic></status><dm:deviceID>mac:8asd7d7d70</dm:deviceID>
    <contact priority="1">sip:someone@example.test</contact></tuple>
  <dm:person id="p1"><r:activities><r:on-the-phone/></r:activities><dm:note>Call me later</dm:note>
    <dm:timestamp>2026-05-05T10:00:00Z</dm:timestamp></dm:person>
  <dm:device id="pc147"><r:user-input idle-threshold="600" last-input="2026-05-05T09:50:00Z">idle</r:user-input>
    <dm:deviceID>mac:8asd7d7d70</dm:deviceID><dm:note>PC</dm:note></dm:device>`)

describe('RFC 4479 data model', () => {
  it('§4: a document has persons and devices beside tuples', () => {
    const { tuples, persons, devices } = presenceDocument(whole)
    expect(tuples[0]!.elements).toMatchObject([{ local: 'deviceID' }])
    expect(persons).toMatchObject([
      { id: 'p1', notes: [{ text: 'Call me later' }], timestampMs: Date.UTC(2026, 4, 5, 10) },
    ])
    expect(devices).toMatchObject([{ id: 'pc147', deviceId: 'mac:8asd7d7d70', notes: [{ text: 'PC' }] }])
  })

  it('§4: what is written is read as it was', () => {
    expect(said(presenceDocument(writePidf(presenceDocument(whole))))).toEqual(said(presenceDocument(whole)))
  })

  it.each([
    ['a person without id', '<dm:person/>', 'bad-tuple'],
    ['a device without id', '<dm:device><dm:deviceID>x:y</dm:deviceID></dm:device>', 'bad-tuple'],
    ['a person with the id of a tuple', '<tuple id="a"><status/></tuple><dm:person id="a"/>', 'duplicate-id'],
    ['no time', '<dm:person id="a"><dm:timestamp>then</dm:timestamp></dm:person>', 'bad-timestamp'],
  ])('§4: is refused with a word: %s', (_, body, fault) => expect(pidfFault(presence(body))).toBe(fault))
})
