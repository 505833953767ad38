/**
 * Packets for Homer: HEP version 3 to the letter, sampled by conversations, without credentials and texts.
 */
import { expect, it } from 'vitest'
import type { TappedFlow } from '../../../src/ports/wire-tap.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { Capture, type CaptureSettings } from '../../../src/tracing/index.ts'
import { readHep3 } from '../../support/hep3-packet.ts'
import { requestBytes } from '../../support/requests.ts'

const settings: CaptureSettings = { samplePercent: 100, captureId: 4_000_000_001, password: null, bodies: false }
const transport = {
  transport: 'tls',
  remoteAddress: '::ffff:192.0.2.7',
  remotePort: 40_001,
  localAddress: '192.0.2.1',
  localPort: 5061,
}

function capture(given: Partial<CaptureSettings> = {}, over: Partial<Record<keyof typeof transport, unknown>> = {}) {
  const packets: Buffer[] = []
  const made = new Capture(
    { ...settings, ...given },
    () => 1_700_000_000_123,
    (packet) => packets.push(packet),
  )
  const flow = { transport: { ...transport, ...over } } as unknown as TappedFlow
  const see = (direction: 'received' | 'sent', parts: Parameters<typeof requestBytes>[0] = {}) =>
    made.see(direction, flow, parseMessage(requestBytes(parts)).message)
  return { packets, see }
}

const text = { headers: { Subject: 's3cret' }, body: 's3cret text' }

it('says who, where, when and which conversation', () => {
  const { packets, see } = capture({ password: 'myHep' })
  see('received', { ...text, headers: { ...text.headers, 'Call-ID': 'call@x', Authorization: 'Basic s3cret' } })
  const chunks = readHep3(packets[0]!)
  const number = (type: number) => chunks.get(type)!.readUIntBE(0, chunks.get(type)!.length)
  expect([1, 2, 7, 8, 9, 10, 11, 12].map(number)).toEqual([
    2, 6, 40_001, 5061, 1_700_000_000, 123_000, 1, 4_000_000_001,
  ])
  expect([chunks.get(3), chunks.get(4)]).toEqual([Buffer.from([192, 0, 2, 7]), Buffer.from([192, 0, 2, 1])])
  expect([chunks.get(14)!.toString(), chunks.get(17)!.toString()]).toEqual(['myHep', 'call@x'])
  const { message, fault } = parseMessage(Buffer.from(chunks.get(15)!))
  expect([fault, message!.method, message!.body.length]).toEqual([null, 'MESSAGE', 0])
  expect(chunks.get(15)!.toString()).not.toContain('s3cret')
  expect([...chunks.keys()].every((type) => type <= 17)).toBe(true)
})

it('what leaves has the ends the other way round, and what happens within a millisecond keeps its order', () => {
  const { packets, see } = capture()
  see('sent')
  see('sent')
  const [first, second] = packets.map(readHep3)
  expect([first!.get(7)!.readUInt16BE(), first!.get(8)!.readUInt16BE()]).toEqual([5061, 40_001])
  expect(second!.get(10)!.readUInt32BE() - first!.get(10)!.readUInt32BE()).toBe(1)
  expect(first!.has(14)).toBe(false)
})

it('IPv6, also where one end alone shows it', () => {
  const { packets, see } = capture({}, { transport: 'udp', remoteAddress: '2001:db8::7', localAddress: '192.0.2.1' })
  see('received')
  const chunks = readHep3(packets[0]!)
  expect([chunks.get(1), chunks.get(2)]).toEqual([Buffer.from([10]), Buffer.from([17])])
  expect(chunks.get(5)!.toString('hex')).toBe('20010db8000000000000000000000007')
  expect(chunks.get(6)!.toString('hex')).toBe('00000000000000000000ffffc0000201')
})

it('bodies where somebody asked for them', () => {
  const { packets, see } = capture({ bodies: true })
  see('received', text)
  expect(readHep3(packets[0]!).get(15)!.toString()).toContain('s3cret text')
})

it('of a Call-ID all or nothing, and about as many as asked', () => {
  const { packets, see } = capture({ samplePercent: 25 })
  for (let call = 0; call < 400; call++) {
    for (let message = 0; message < 3; message++) see('received', { headers: { 'Call-ID': `${call}@x` } })
  }
  const counts = new Map<string, number>()
  for (const packet of packets) {
    const id = readHep3(packet).get(17)!.toString()
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  expect(new Set(counts.values())).toEqual(new Set([3]))
  expect(counts.size).toBeGreaterThan(60)
  expect(counts.size).toBeLessThan(140)
})
