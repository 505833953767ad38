/**
 * Records and keys: what is written is read back, what is damaged or newer is a reason and never a guess.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accountKey, accountRecord } from '../../../src/ports/records/account.ts'
import { bindingRecord } from '../../../src/ports/records/binding.ts'
import { crc32c } from '../../../src/ports/records/crc32c.ts'
import { documentKey, documentRecord } from '../../../src/ports/records/document.ts'
import { compareKeys, hashedPart, keyParts, numberPart, recordKey, userRange } from '../../../src/ports/records/keys.ts'
import { kindOfKey, recordKinds } from '../../../src/ports/records/kinds.ts'
import { mailboxMessageKey, mailboxMessageRecord } from '../../../src/ports/records/mailbox-message.ts'
import { operationRecord } from '../../../src/ports/records/operation.ts'
import { policyRecord } from '../../../src/ports/records/policy.ts'
import { quarantinedOwner, quarantineKey } from '../../../src/ports/records/quarantine.ts'
import { decodeRecord, encodeRecord } from '../../../src/ports/records/record-codec.ts'
import { recordKind } from '../../../src/ports/records/record-kind.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'

const alice = 'sip:alice@example.test' as Aor

describe('crc32c', () => {
  // The vectors of RFC 3720 appendix B.4, and the usual check value.
  test.each([
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => 31 - index)), 0x113fdb5c],
    [Buffer.from('123456789'), 0xe3069283],
    [Buffer.alloc(0), 0],
  ])('gives the published value (RFC 3720 B.4)', (bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected)
  })
})

describe('record codec', () => {
  const field = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.maxSafeNat(),
    // No record holds a negative zero, and msgpack writes it as zero.
    fc.double({ noNaN: true }).map((number) => (number === 0 ? 0 : number)),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.array(fc.string()),
  )

  test('decode ∘ encode is identity', () => {
    const version = fc.integer({ min: 1, max: 255 })
    fc.assert(
      fc.property(version, fc.array(field, { maxLength: 20 }), (known, fields) => {
        expect(decodeRecord(encodeRecord(known, fields))).toEqual({ ok: true, version: known, fields })
      }),
    )
  })

  test('every flipped bit is found', () => {
    const bytes = encodeRecord(1, ['sip:alice@example.test', 17, null, Buffer.from('body')])
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      expect(decodeRecord(damaged).ok).toBe(false)
    }
  })

  test('any bytes give an answer and no exception', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => typeof decodeRecord(bytes).ok === 'boolean'))
    expect(decodeRecord(Buffer.alloc(5))).toEqual({ ok: false, reason: 'only 5 bytes' })
  })

  test('a text that sealed itself well is still no record', () => {
    const bytes = Buffer.concat([Buffer.from([1, 0xa3]), Buffer.from('abc'), Buffer.alloc(4)])
    bytes.writeUInt32LE(crc32c(bytes, 0, 5), 5)
    expect(decodeRecord(bytes)).toEqual({ ok: false, reason: 'not a msgpack array' })
  })

  test('decoded bytes do not keep the chunk that they came in', () => {
    const decoded = decodeRecord(encodeRecord(1, [Buffer.alloc(100, 7)]))
    const body = decoded.ok ? (decoded.fields[0] as Buffer) : Buffer.alloc(0)
    expect(body.equals(Buffer.alloc(100, 7))).toBe(true)
    expect(body.buffer.byteLength).toBe(100)
  })
})

describe('record kinds', () => {
  test('an account comes back as it was', () => {
    const account = {
      aor: alice,
      aliases: ['sip:al@example.test' as Aor],
      displayName: 'Alice Ä',
      disabled: false,
      epoch: 3,
      createdMs: 1_800_000_000_000,
      groups: ['human resources', 'sales'],
    }
    expect(accountRecord.decode(accountRecord.encode(account))).toEqual({ ok: true, value: account })
  })

  test('an account of version 1 is read, and is in no group', () => {
    const value = {
      aor: alice,
      aliases: ['sip:al@example.test' as Aor],
      displayName: 'A',
      disabled: true,
      epoch: 3,
      createdMs: 5,
      groups: [],
    }
    const first = encodeRecord(1, [alice, value.aliases, 'A', true, 3, 5])
    expect(accountRecord.decode(first)).toEqual({ ok: true, value })
    // A field too many for its version is no guess at a newer one.
    expect(accountRecord.decode(encodeRecord(1, [alice, [], 'A', true, 3, 5, ['sales']])).ok).toBe(false)
  })

  test('the organisation’s policy comes back as it was; a word that this build does not know is not guessed at', () => {
    const rules = [
      { from: 'a', to: '*', see: 'forbid', message: null },
      { from: '*', to: 'b', see: null, message: 'allow' },
    ] as const
    for (const preset of ['open', 'closed', null] as const) {
      const policy = { generation: 7, default: preset, rules }
      expect(policyRecord.decode(policyRecord.encode(policy))).toEqual({ ok: true, value: policy })
    }
    const unreadable = [
      [7, 'ajar', []],
      [7, null, [['a', 'b', 'perhaps', '']]],
      [7, null, [['a', 'b', 'allow']]],
      [7, null, ['a']],
      [7, null, [['', 'b', 'allow', '']]],
    ]
    for (const fields of unreadable) expect(policyRecord.decode(encodeRecord(1, fields)).ok, String(fields)).toBe(false)
  })

  test('a stored message keeps its bytes (RFC 3428)', () => {
    const message = {
      sequence: 7,
      sender: alice,
      operationId: 'op',
      receivedMs: 1,
      expiresMs: 2,
      bytes: Buffer.from('MESSAGE sip:bob@example.test SIP/2.0\r\n\r\n\0\xff', 'latin1'),
      date: 'Sat, 13 Nov 2010 23:29:00 GMT',
      inMailbox: true,
      possiblySeen: false,
    }
    expect(mailboxMessageRecord.decode(mailboxMessageRecord.encode(message))).toEqual({ ok: true, value: message })
  })

  test('a document keeps its bytes, under a key of bounded length (RFC 4825)', () => {
    const document = {
      auid: 'resource-lists',
      name: 'x'.repeat(128),
      contentType: 'application/resource-lists+xml',
      bytes: Buffer.from('<a>\r\n é\0</a>'),
      etag: 'e',
      changedMs: 7,
    }
    expect(documentRecord.decode(documentRecord.encode(document))).toEqual({ ok: true, value: document })
    expect(documentKey(alice, document.auid, document.name)).toMatch(/\0document\0resource-lists\0[\da-f]{64}$/)
  })

  test('a binding keeps null where there is nothing (RFC 5626)', () => {
    const binding = {
      deviceKey: 'd',
      contactUri: 'sip:alice@192.0.2.1',
      instanceId: null,
      regId: null,
      callId: 'c',
      cseq: 4294967295,
      q: 0.5,
      ceilingMs: 5,
      path: ['<sip:p@edge.test;lr>'],
      userAgent: '',
      transport: 'tls',
      pubGruuId: null,
      tempGruuBase: null,
      createdMs: 0,
    }
    expect(bindingRecord.decode(bindingRecord.encode(binding))).toEqual({ ok: true, value: binding })
  })

  test('an operation keeps its headers in order', () => {
    const headers = [['Retry-After', '60'] as const, ['Warning', '399 x "y"'] as const]
    const operation = { operationId: 'o', status: 480, reason: 'Mailbox Full', headers, atMs: 9 }
    expect(operationRecord.decode(operationRecord.encode(operation))).toEqual({ ok: true, value: operation })
  })

  test('a newer version is unreadable, and says so', () => {
    expect(accountRecord.decode(encodeRecord(3, []))).toEqual({
      ok: false,
      reason: 'version 3, this build reads up to 2',
    })
  })

  test('a wrong field, a missing one and one too many are named', () => {
    expect(accountRecord.decode(encodeRecord(1, [alice, [], 5, false, 1, 1]))).toEqual({
      ok: false,
      reason: 'field 3 is not a text',
    })
    expect(accountRecord.decode(encodeRecord(1, [alice]))).toMatchObject({ ok: false })
    const tooMany = encodeRecord(1, [alice, [], '', false, 1, 1, 'more'])
    expect(accountRecord.decode(tooMany)).toEqual({ ok: false, reason: '7 fields, 6 expected' })
  })

  test('a kind reads its older versions', () => {
    const kind = recordKind<{ text: string; added: number }>({
      name: 'example',
      version: 2,
      toFields: (value) => [value.text, value.added],
      fromFields: (fields, version) => ({ text: fields.text(), added: version === 1 ? 0 : fields.count() }),
    })
    expect(kind.decode(encodeRecord(1, ['old']))).toEqual({ ok: true, value: { text: 'old', added: 0 } })
    expect(kind.decode(encodeRecord(2, ['new', 4]))).toEqual({ ok: true, value: { text: 'new', added: 4 } })
  })

  test('each kind is listed once and found by its key', () => {
    const names = recordKinds.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(kindOfKey(accountKey(alice))?.name).toBe('account')
    expect(kindOfKey(quarantineKey(accountKey(alice)))?.name).toBe('quarantine')
    expect(kindOfKey('sip:alice@example.test\0of-the-future')).toBe(null)
  })
})

describe('keys', () => {
  test('a user is one range that no other user is in (P2)', () => {
    const { from, to } = userRange(alice)
    const inside = [accountKey(alice), mailboxMessageKey(alice, 2 ** 53 - 1), recordKey(alice, 'zzz', '\u{10ffff}')]
    const outside = [`${alice}.org`, 'sip:alice@example.tes', 'sip:alice@example.tesu', '!server'].map(accountKey)
    const isIn = (key: string) => compareKeys(key, from) >= 0 && compareKeys(key, to) < 0
    expect(inside.map(isIn)).toEqual([true, true, true])
    expect(outside.map(isIn)).toEqual([false, false, false, false])
  })

  test('keyParts takes apart what recordKey joined', () => {
    expect(keyParts(recordKey(alice, 'queue', 'device', '01'))).toEqual({
      aor: alice,
      kind: 'queue',
      parts: ['device', '01'],
    })
  })

  test('numbers sort as numbers', () => {
    const count = fc.maxSafeNat()
    fc.assert(
      fc.property(count, count, (a, b) => {
        expect(Math.sign(compareKeys(numberPart(a), numberPart(b)))).toBe(Math.sign(a - b))
      }),
    )
  })

  test('compareKeys is the order of UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 8 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
  })

  test('refuses what would end up as another key', () => {
    expect(() => recordKey(alice, 'x', 'a\0b')).toThrow('separator')
    expect(() => recordKey('', 'x')).toThrow('AOR')
    expect(() => recordKey(alice, 'x', '\ud800')).toThrow('text')
    expect(() => recordKey(alice, 'x', 'y'.repeat(2000))).toThrow('too long')
  })

  test('free text goes in as SHA-256', () => {
    expect(hashedPart('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  test('a quarantined key says whose record of which kind it was, however long it is', () => {
    const key = recordKey(alice, 'account', 'x'.repeat(1900))
    expect(quarantinedOwner(quarantineKey(key))).toEqual({ aor: alice, kind: 'account' })
    expect(Buffer.byteLength(quarantineKey(key))).toBeLessThan(1978)
  })
})
