/**
 * Functions by themselves, timed by tinybench, each with its margin: for looking at, nothing is judged by them. Wall
 * time, so on a machine that does nothing else.
 */
import { Bench } from 'tinybench'
import { parsePidf, writePidf } from '../../src/documents/index.ts'
import { encodeResponse } from '../../src/sip/message/encode.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import { parseSipUri } from '../../src/sip/uri/sip-uri.ts'

export interface TimedFunction {
  readonly what: string
  readonly micros: number
  /** Half of the interval that holds the mean in 95 of 100, as a part of it. */
  readonly margin: number
}

const request = Buffer.from(
  [
    'MESSAGE sip:bob@example.test SIP/2.0',
    'Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK-77af81;rport',
    'Max-Forwards: 70',
    'From: "Alice Example" <sip:alice@example.test>;tag=4fb',
    'To: <sip:bob@example.test>',
    'Call-ID: 8a7b6c5d@desk.example.test',
    'CSeq: 1 MESSAGE',
    'Content-Type: text/plain',
    'Content-Length: 14',
    '',
    'see you at ten',
  ].join('\r\n'),
)
const document = Buffer.from(
  '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:bob@example.test"><tuple id="t1"><status>' +
    '<basic>open</basic></status><note>back at noon</note></tuple></presence>',
)
const uri = 'sip:bob@192.0.2.44:5061;transport=tls;ob'

/** `timeMs` for each of them, at least. */
export async function timeFunctions(timeMs: number): Promise<readonly TimedFunction[]> {
  const { message } = parseMessage(request)
  const parsed = parsePidf(document)
  if (!message || !parsed.ok) throw new Error('the samples are not what they should be')
  const bench = new Bench({ time: timeMs, warmupTime: timeMs / 4 })
  bench
    .add('parse a request', () => parseMessage(request))
    .add('answer it', () => encodeResponse(message, 200, { toTag: 'a6c85cf' }))
    .add('parse a SIP URI', () => parseSipUri(uri))
    .add('read a small PIDF', () => parsePidf(document))
    .add('write it', () => writePidf(parsed.document))
  await bench.run()
  return bench.tasks.map(({ name, result }) => {
    if (!('latency' in result)) throw new Error(`${name} ended ${result.state}`)
    return { what: name, micros: result.latency.mean * 1_000, margin: result.latency.rme / 100 }
  })
}
