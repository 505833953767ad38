/** STUN for keep-alives (RFC 5626 §4.4.2, RFC 8489), with the test vectors of RFC 5769. */
import { describe, expect, it } from 'vitest'
import { answerStun, decodeBindingSuccess, encodeBindingRequest, isStun } from '../../../src/transport/stun.ts'

const bytesOf = (hex: string) => Buffer.from(hex.replace(/\s/g, ''), 'hex')
const transactionId = bytesOf('b7e7a701 bc34d686 fa87dfae')
const source = { address: '192.0.2.1', port: 32853 }

/** RFC 5769 §2.1: SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME, MESSAGE-INTEGRITY, FINGERPRINT. */
const sampleRequest = bytesOf(`
  00010058 2112a442 b7e7a701 bc34d686 fa87dfae
  80220010 5354554e 20746573 7420636c 69656e74
  00240004 6e0001ff
  80290008 932ff9b1 51263b36
  00060009 6576746a 3a683676 59202020
  00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2
  80280004 e57a3bcf`)

/** RFC 5769 §2.2. */
const sampleResponseIpv4 = bytesOf(`
  0101003c 2112a442 b7e7a701 bc34d686 fa87dfae
  8022000b 74657374 20766563 746f7220
  00200008 0001a147 e112a643
  00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7
  80280004 c07d4c96`)

/** RFC 5769 §2.3. */
const sampleResponseIpv6 = bytesOf(`
  01010048 2112a442 b7e7a701 bc34d686 fa87dfae
  8022000b 74657374 20766563 746f7220
  00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9
  00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41
  80280004 c8fb0b4c`)

/** RFC 5769 §2.4: long-term credentials. */
const sampleRequestLongTerm = bytesOf(`
  00010060 2112a442 78ad3433 c6ad72c0 29da412e
  00060012 e3839ee3 8388e383 aae38383 e382af e382b9 0000
  0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 3634734 1
  0014000b 6578616d 706c652e 6f726700
  00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666`)

describe('STUN vectors (RFC 5769)', () => {
  it('reads the mapped addresses of the sample responses (§§2.2, 2.3)', () => {
    expect(decodeBindingSuccess(sampleResponseIpv4, transactionId)).toEqual(source)
    const ipv6 = { address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32853 }
    expect(decodeBindingSuccess(sampleResponseIpv6, transactionId)).toEqual(ipv6)
  })

  it('writes the attribute of the sample responses', () => {
    const request = encodeBindingRequest(transactionId)
    expect(answerStun(request, source)?.subarray(20)).toEqual(bytesOf('00200008 0001a147 e112a643'))
    const ipv6 = { address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32853 }
    expect(answerStun(request, ipv6)?.subarray(20)).toEqual(
      bytesOf('00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9'),
    )
  })

  it('answers 420 to the sample request, which demands ICE (§2.1, RFC 8489 §6.3.1)', () => {
    const answer = answerStun(sampleRequest, source)
    expect(answer?.readUInt16BE(0)).toBe(0x0111)
    expect(answer?.subarray(8, 20)).toEqual(transactionId)
    expect(answer?.toString('latin1')).toContain('Unknown Attribute')
    expect(answer?.subarray(-8)).toEqual(bytesOf('000a0002 00240000'))
  })

  it('answers the sample request with credentials, which mean nothing here (§2.4)', () => {
    expect(isStun(sampleRequestLongTerm)).toBe(true)
    const answer = answerStun(sampleRequestLongTerm, source)
    expect(answer && decodeBindingSuccess(answer, sampleRequestLongTerm.subarray(8, 20))).toEqual(source)
  })
})

describe('STUN answers', () => {
  const addresses = ['192.0.2.1', '2001:db8::1', '::1', '::', 'fe80::1', '64:ff9b::c000:201']
  it.each(addresses)('tell %s its own address', (address) => {
    const answer = answerStun(encodeBindingRequest(transactionId), { address, port: 1 })
    expect(answer && decodeBindingSuccess(answer, transactionId)).toEqual({ address, port: 1 })
  })

  it('leave out the zone of a link-local address', () => {
    const answer = answerStun(encodeBindingRequest(transactionId), { address: 'fe80::1%eth0', port: 1 })
    expect(answer && decodeBindingSuccess(answer, transactionId)).toEqual({ address: 'fe80::1', port: 1 })
  })

  it('are due to requests only', () => {
    const indication = encodeBindingRequest(transactionId)
    indication.writeUInt16BE(0x0011, 0)
    expect(answerStun(indication, source)).toBeNull()
    expect(answerStun(sampleResponseIpv4, source)).toBeNull()
  })

  it('belong to one request', () => {
    expect(decodeBindingSuccess(sampleResponseIpv4, bytesOf('000000000000000000000000'))).toBeNull()
  })

  it('are not given to what only looks like STUN', () => {
    const broken = Buffer.from(sampleRequest)
    broken.writeUInt16BE(0x0050, 22)
    expect(answerStun(broken, source)).toBeNull()
    expect(isStun(sampleRequest.subarray(0, -4))).toBe(false)
    expect(isStun(Buffer.from('MESSAGE sip:bob@example.test SIP/2.0\r\n'))).toBe(false)
    expect(isStun(Buffer.alloc(20))).toBe(false)
  })
})
