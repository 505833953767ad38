/**
 * The small benches of `bench/micro/` under the same roof: what a message, a digest check and a presence document cost
 * by themselves, and a relayed pair without sockets. Their questions and expectations stand in their own headers.
 */
import type { Bench, Figure, Size } from './harness/figures.ts'
import { timeFunctions } from './micro/by-tinybench.ts'
import { measureDigest } from './micro/digest.ts'
import { measureDocuments } from './micro/presence-document.ts'
import { measureRelay } from './micro/relay-core.ts'
import { measureMessages } from './micro/sip-message.ts'

export const microBench: Bench = {
  name: 'micro',
  question: 'What do parsing, rewriting, digests, presence documents and our own part of a relayed message cost?',
  run: (size) => micro(size),
}

async function micro(size: Size): Promise<Figure[]> {
  const count = size === 'smoke' ? 300 : 200_000
  const messages = measureMessages(count)
  const digest = measureDigest('MD5', count)
  const documents = measureDocuments(Math.min(count, 50_000))
  const relay = size === 'smoke' ? await measureRelay(20, 2, 2) : await measureRelay(200, 12, 50)
  const timed = await timeFunctions(size === 'smoke' ? 2 : 500)
  return [
    ...timed.flatMap(({ what, micros, margin }) => [
      { what: `${what} (tinybench, wall time)`, value: micros, unit: 'µs' },
      { what: `${what}: margin`, value: margin * 100, unit: '%' },
    ]),
    { what: 'parse a MESSAGE of 600 bytes', value: messages.parseMicros, unit: 'µs' },
    { what: 'parse, rewrite, serialise it', value: messages.forwardMicros, unit: 'µs', atMost: 1.5 },
    { what: 'check a digest (MD5)', value: digest.verifyOtherMicros, unit: 'µs', atMost: 1.5 },
    { what: 'read a presence document of 550 bytes', value: documents.parseMicros, unit: 'µs' },
    { what: 'write it', value: documents.writeMicros, unit: 'µs' },
    { what: 'compose two of them into one', value: documents.composeMicros, unit: 'µs' },
    { what: 'relay a MESSAGE with its 200, without sockets', value: relay.pairMicros, unit: 'µs', atMost: 15 },
  ]
}
