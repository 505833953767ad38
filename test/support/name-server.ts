/**
 * A name server on a free UDP port of loopback: says what it is given (RFC 1035 §4, RFC 2782, RFC 3403), or nothing.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

export interface NameServer {
  /** `127.0.0.1:5353`, as a resolver takes it. */
  readonly address: string
  /** Questions so far. */
  readonly asked: () => number
  close(): void
}

const types: Readonly<Record<number, string>> = { 1: 'A', 28: 'AAAA', 33: 'SRV', 35: 'NAPTR' }

export interface Records {
  /** `SRV _sip._udp.example.test`: data of each record. */
  readonly [question: string]: readonly Buffer[]
}

export async function nameServer(records: Records | 'silent'): Promise<NameServer> {
  const socket = createSocket('udp4')
  let askedCount = 0
  socket.on('message', (question, { port, address }) => {
    askedCount++
    if (records !== 'silent') socket.send(answerTo(question, records), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { address: `127.0.0.1:${portOf(socket)}`, asked: () => askedCount, close: () => void socket.close() }
}

function portOf(socket: Socket): number {
  return socket.address().port
}

function answerTo(question: Buffer, records: Records): Buffer {
  const labels: string[] = []
  let at = 12
  for (; question[at] !== 0; at += 1 + question[at]!) {
    labels.push(question.toString('latin1', at + 1, at + 1 + question[at]!))
  }
  const type = question.readUInt16BE(at + 1)
  const found = records[`${types[type]} ${labels.join('.').toLowerCase()}`]
  const head = Buffer.from(question.subarray(0, 12))
  // A response, authoritative; 3: no such name.
  head.writeUInt16BE(found ? 0x8580 : 0x8583, 2)
  head.writeUInt16BE(found?.length ?? 0, 6)
  head.writeUInt16BE(0, 8)
  head.writeUInt16BE(0, 10)
  const answers = (found ?? []).map((data) => {
    const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, 0])
    record.writeUInt16BE(data.length, 10)
    return Buffer.concat([record, data])
  })
  return Buffer.concat([head, question.subarray(12, at + 5), ...answers])
}

export function addressData(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number))
}

export function srvData(port: number, target: string): Buffer {
  const numbers = Buffer.alloc(6)
  numbers.writeUInt16BE(10, 0)
  numbers.writeUInt16BE(10, 2)
  numbers.writeUInt16BE(port, 4)
  return Buffer.concat([numbers, nameData(target)])
}

export function naptrData(service: string, replacement: string): Buffer {
  const texts = ['s', service, ''].map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]))
  return Buffer.concat([Buffer.from([0, 10, 0, 50]), ...texts, nameData(replacement)])
}

function nameData(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.from([0])])
}
