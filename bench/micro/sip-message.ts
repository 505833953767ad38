/**
 * What does it cost to take a MESSAGE of 600 bytes, judge it, and forward it with a Via more, Max-Forwards one less and
 * another Request-URI? Expected on paper: scan of 430 bytes of head 0.5 µs, four views 0.4 µs, rewrite 0.4 µs; bound
 * 1.5 µs of CPU (a quarter of what the kernel and the runtime take to move it).
 *
 *     node bench/micro/sip-message.ts          full
 *     node bench/micro/sip-message.ts smoke    a thousandth of it; run by test/unit/sip/message/bench.test.ts
 */
import { StreamFramer } from '../../src/sip/framing/stream-framer.ts'
import { MessageEditor } from '../../src/sip/message/edit.ts'
import { encodeResponse } from '../../src/sip/message/encode.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'

/** Different messages, so that no branch is learnt by heart. */
const messagesCount = 512
const messageBytes = 600

export interface MessageFigures {
  readonly parseMicros: number
  /** Parse, rewrite, serialise. */
  readonly forwardMicros: number
  /** Parse and answer 200. */
  readonly answerMicros: number
  /** Cut out of chunks that hold exactly one message, and of chunks of 1,000 bytes. */
  readonly frameWholeMicros: number
  readonly frameCutMicros: number
  /** Over all bytes that were written, so that nobody wins by doing less. */
  readonly digest: number
}

export function measureMessages(count: number): MessageFigures {
  const messages = Array.from({ length: messagesCount }, (_, index) => makeMessage(index))
  const joined = Buffer.concat(messages)
  let digest = 0
  const parseMicros = cpuMicros(count, (index) => {
    digest = (digest * 31 + parseMessage(messages[index % messagesCount]!).message!.headersCount) | 0
  })
  const forwardMicros = cpuMicros(count, (index) => {
    digest = digestOf(digest, forward(messages[index % messagesCount]!, index))
  })
  const answerMicros = cpuMicros(count, (index) => {
    const { message } = parseMessage(messages[index % messagesCount]!)
    digest = digestOf(digest, encodeResponse(message!, 200, { toTag: 'a6c85cf', received: '192.0.2.7', rport: 5070 }))
  })
  const framer = new StreamFramer({
    onMessage(bytes): void {
      digest = (digest * 31 + bytes.length) | 0
    },
    onKeepAlive: () => undefined,
    onFault: () => undefined,
  })
  const frameWholeMicros = cpuMicros(count, (index) => framer.push(messages[index % messagesCount]!))
  const chunks = Array.from({ length: Math.ceil(joined.length / 1000) }, (_, index) =>
    joined.subarray(index * 1000, (index + 1) * 1000),
  )
  const rounds = Math.max(1, Math.floor(count / messagesCount))
  const roundMicros = cpuMicros(rounds, () => {
    for (const chunk of chunks) framer.push(chunk)
  })
  return {
    parseMicros,
    forwardMicros,
    answerMicros,
    frameWholeMicros,
    frameCutMicros: roundMicros / messagesCount,
    digest,
  }
}

function forward(bytes: Buffer, index: number): Buffer {
  const { message } = parseMessage(bytes)
  return new MessageEditor(message!)
    .requestUri('sip:bob@192.0.2.44:5061;transport=tls')
    .prepend(HeaderId.via, `SIP/2.0/TLS 192.0.2.10:5061;branch=z9hG4bK${index}`)
    .replaceFirst(HeaderId.maxForwards, String(message!.maxForwards! - 1))
    .encode()
}

function digestOf(digest: number, bytes: Buffer): number {
  return (digest * 31 + bytes.length + bytes[bytes.length >> 1]!) | 0
}

/** A MESSAGE of 600 bytes with shuffled headers, as a desktop client sends it. */
function makeMessage(index: number): Buffer {
  const lines = [
    `Via: SIP/2.0/TCP 192.0.2.${index % 250}:5060;branch=z9hG4bK-${index}-77af81;rport`,
    'Max-Forwards: 70',
    `From: "Alice Example" <sip:alice${index}@example.test>;tag=4fb${index}`,
    `To: <sip:bob${index}@example.test>`,
    `Call-ID: 8a7b6c5d-${index}@desk.example.test`,
    `CSeq: ${index + 1} MESSAGE`,
    'User-Agent: Desk/4.2',
    'Supported: path, outbound',
    'Content-Type: text/plain;charset=UTF-8',
  ]
  const shift = index % lines.length
  const shuffled = [...lines.slice(shift), ...lines.slice(0, shift)].join('\r\n')
  const head = `MESSAGE sip:bob${index}@example.test SIP/2.0\r\n${shuffled}\r\nContent-Length: 100\r\n\r\n`
  const bodyBytes = messageBytes - head.length
  return Buffer.from(
    `${head.replace(': 100\r\n\r\n', `: ${bodyBytes}\r\n\r\n`)}${'see you at ten '.repeat(20).slice(0, bodyBytes)}`,
  )
}

const roundsCount = 20

/**
 * CPU time of user and system, in microseconds for each operation: the best of many short rounds, the first ones warm
 * up.
 */
function cpuMicros(count: number, operation: (index: number) => void): number {
  const perRound = Math.max(1, Math.ceil(count / roundsCount))
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < roundsCount; round++) {
    const before = process.cpuUsage()
    for (let index = 0; index < perRound; index++) operation(index)
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / perRound)
  }
  return best
}

if (import.meta.main) {
  const figures = measureMessages(process.argv[2] === 'smoke' ? 300 : 300_000)
  for (const [name, value] of Object.entries(figures)) {
    console.log(name.padEnd(18), name === 'digest' ? value : value.toFixed(3))
  }
}
