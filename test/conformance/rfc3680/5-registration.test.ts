/**
 * RFC 3680: where somebody is registered, whole or only what has changed.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { parseRegInfo, type RegInfo, writeRegInfo } from '../../../src/documents/index.ts'

const info: RegInfo = {
  version: 0,
  state: 'full',
  registrations: [
    {
      aor: 'sip:user@example.test',
      id: 'as9',
      state: 'active',
      contacts: [
        {
          id: '76',
          uri: 'sip:user@192.0.2.1;transport=tcp',
          state: 'active',
          event: 'registered',
          displayName: 'The <User>',
          expiresSeconds: 3600,
          retryAfterSeconds: null,
          registeredSeconds: 7322,
          q: 0.8,
          callId: 'a84b4c76e66710',
          cseq: 20,
          publicGruu: 'sip:user@example.test;gr=urn:uuid:1',
        },
        {
          id: '77',
          uri: 'sip:user@pc34.example.test',
          state: 'terminated',
          event: 'probation',
          displayName: null,
          expiresSeconds: null,
          retryAfterSeconds: 60,
          registeredSeconds: null,
          q: null,
          callId: null,
          cseq: null,
          publicGruu: null,
        },
      ],
    },
    { aor: 'sip:other@example.test', id: 'init1', state: 'init', contacts: [] },
  ],
}

describe('RFC 3680 registration information', () => {
  it('§5: is read as it was written', () => {
    expect(parseRegInfo(writeRegInfo(info))).toEqual({ ok: true, document: info })
  })

  it('§5.1: has a version, a state, registrations and their contacts', () => {
    const text = Buffer.from(writeRegInfo({ ...info, version: 3, state: 'partial' })).toString()
    expect(text).toContain('<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="3" state="partial">')
    expect(text).toContain('<registration aor="sip:user@example.test" id="as9" state="active">')
    expect(text).toContain('<uri>sip:user@192.0.2.1;transport=tcp</uri>')
  })

  it.each([
    ['a contact without uri', ['<uri>sip:user@pc34.example.test</uri>', '']],
    ['a q above 1', ['q="0.8"', 'q="1.5"']],
    ['an event that nobody knows', ['event="probation"', 'event="boom"']],
    ['a state that nobody knows', ['state="init"', 'state="begun"']],
    ['a number that is none', ['cseq="20"', 'cseq="twenty"']],
  ] as const)('§5.2: is refused: %s', (_, [part, other]) => {
    const text = Buffer.from(writeRegInfo(info)).toString().replace(part, other)
    expect(parseRegInfo(Buffer.from(text))).toMatchObject({ ok: false, fault: 'malformed' })
  })
})
