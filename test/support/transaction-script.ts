/**
 * Scripts for one transaction at virtual time: what is put in, and everything that comes out at the wire and the user.
 *
 *     client INVITE udp          side, method, transport; then one line an event: time in ms, and
 *     0      start               put in: start | receive 180 [tag] | respond 200 [tag] | again | ack [tag] | error
 *                                | terminate
 *     0      > INVITE            comes out at the wire: a method or a status
 *     500    > INVITE
 *     700    receive 180
 *     700    user 180            comes out at the user: a status | timeout | failed | terminated | not mine
 *     700    state proceeding    looked at: state | timers (how many run)
 *     90000  end                 nothing more has come out by then
 *
 * The script is the complete transcript: whatever comes out and is not written there fails the test.
 */
import { expect } from 'vitest'
import { encodeRequest, encodeResponse } from '../../src/sip/message/encode.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { ClientTransaction } from '../../src/sip/transaction/client-transaction.ts'
import { serverTransactionKey } from '../../src/sip/transaction/match.ts'
import { ServerTransaction } from '../../src/sip/transaction/server-transaction.ts'
import type { Transaction } from '../../src/sip/transaction/transaction.ts'
import { VirtualTime } from './virtual-time.ts'

const observations = new Set(['>', 'user'])
/** Look at the transaction and do nothing to it. */
const inert = new Set(['state', 'timers', 'end'])

/** Runs a script and compares what happened with what is written. */
export function checkScript(script: string): void {
  const lines = script
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '')
  const [side, method, transport] = lines[0]!.split(' ') as [string, string, string]
  const world = side === 'client' ? clientWorld(method, transport) : serverWorld(method, transport)
  for (const line of lines.slice(1)) {
    const [time, verb, ...words] = line.split(' ') as [string, string, ...string[]]
    world.time.advanceTo(Number(time))
    if (!observations.has(verb)) world.put(verb, words)
  }
  expect(world.transcript).toEqual(lines.slice(1))
}

export class TransactionWorld {
  readonly time = new VirtualTime()
  readonly transcript: string[] = []
  readonly sent: Buffer[] = []
  transaction: Transaction | null = null

  note(text: string): void {
    this.transcript.push(`${this.time.monotonicMs()} ${text}`)
  }

  /** The flow that a transaction is given. */
  send(bytes: Uint8Array): void {
    this.sent.push(Buffer.from(bytes))
    const { message } = parseMessage(Buffer.from(bytes))
    this.note(`> ${message!.isRequest ? message!.method : message!.statusCode}`)
  }

  put(verb: string, given: readonly string[]): void {
    let words = given
    const running = this.transaction!
    if (verb === 'state') words = [running.state]
    if (verb === 'timers') words = [String(this.time.timers.size)]
    this.note([verb, ...words].join(' '))
    if (verb === 'terminate') running.terminate()
    else if (!inert.has(verb)) this.inject(verb, words)
  }

  inject(_verb: string, _words: readonly string[]): void {}
}

export class ClientWorld extends TransactionWorld {
  readonly request: SipMessage
  readonly client: ClientTransaction
  /** Called from within `onResponse`. */
  onResponse: (() => void) | null = null

  constructor(method: string, reliable: boolean) {
    super()
    this.request = exampleRequest(method)
    this.client = new ClientTransaction({
      key: 'key',
      isInvite: method === 'INVITE',
      reliable,
      request: this.request.bytes,
      flow: this,
      timers: this.time.timers,
      user: {
        onResponse: (_transaction, response) => {
          this.note(`user ${response.statusCode}`)
          this.onResponse?.()
        },
        onTimeout: () => this.note('user timeout'),
        onTransportError: () => this.note('user failed'),
        onTerminated: () => this.note('user terminated'),
      },
    })
    this.transaction = this.client
  }

  override inject(verb: string, words: readonly string[]): void {
    if (verb === 'start') this.client.start()
    else if (verb === 'receive') this.client.receive(this.response(Number(words[0]), words[1]))
    else if (verb === 'error') this.client.transportError()
    else throw new Error(`a client script has no ${verb}`)
  }

  response(status: number, toTag = 'b'): SipMessage {
    return parsed(encodeResponse(this.request, status, status === 100 ? {} : { toTag }))
  }
}

export class ServerWorld extends TransactionWorld {
  readonly request: SipMessage
  readonly server: ServerTransaction

  constructor(request: SipMessage, reliable: boolean) {
    super()
    this.request = request
    this.server = new ServerTransaction({
      key: serverTransactionKey(request),
      request,
      reliable,
      source: { received: '192.0.2.1', rport: 5061 },
      flow: this,
      timers: this.time.timers,
      user: {
        onTimeout: () => this.note('user timeout'),
        onTerminated: () => this.note('user terminated'),
      },
    })
    this.transaction = this.server
  }

  override inject(verb: string, words: readonly string[]): void {
    if (verb === 'again') this.server.retransmit()
    else if (verb === 'respond') this.respond(Number(words[0]), words[1])
    else if (verb === 'ack') this.ack(words[0])
    else throw new Error(`a server script has no ${verb}`)
  }

  respond(status: number, toTag = 'b'): void {
    this.server.respond(status, encodeResponse(this.request, status, { toTag }))
  }

  ack(toTag = 'b'): void {
    if (!this.server.receiveAck(exampleAck(this.request, toTag))) this.note('user not mine')
  }
}

export function clientWorld(method: string, transport: string): ClientWorld {
  return new ClientWorld(method, transport !== 'udp')
}

export function serverWorld(method: string, transport: string): ServerWorld {
  return new ServerWorld(exampleRequest(method), transport !== 'udp')
}

export interface ExampleHeaders {
  readonly via?: string
  readonly from?: string
  readonly to?: string
  readonly callId?: string
  readonly cseq?: string
  readonly requestUri?: string
}

/** alice to bob; any header may be another. */
export function exampleRequest(method: string, headers: ExampleHeaders = {}): SipMessage {
  return parsed(
    encodeRequest({
      method,
      requestUri: headers.requestUri ?? 'sip:bob@example.test',
      headers: [
        ['Via', headers.via ?? 'SIP/2.0/UDP desk.example.test:5060;rport;branch=z9hG4bK1'],
        ['Max-Forwards', '70'],
        ['From', headers.from ?? '<sip:alice@example.test>;tag=a'],
        ['To', headers.to ?? '<sip:bob@example.test>'],
        ['Call-ID', headers.callId ?? 'call1'],
        ['CSeq', headers.cseq ?? `7 ${method}`],
      ],
    }),
  )
}

function exampleAck(invite: SipMessage, toTag: string): SipMessage {
  const via = invite.named('Via')!
  return exampleRequest('ACK', { via, to: `<sip:bob@example.test>;tag=${toTag}`, cseq: '7 ACK' })
}

export function parsed(bytes: Buffer): SipMessage {
  const { message, fault } = parseMessage(bytes)
  expect(fault).toBeNull()
  return message!
}
