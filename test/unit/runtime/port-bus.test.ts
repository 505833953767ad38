/**
 * The bus between threads, over real MessageChannels: what is refused, what waits, what may not be lost, and every
 * kind of message as it comes out on the other side.
 */
import { MessageChannel } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import type {
  BusKind,
  BusMessage,
  FlowIdentity,
  ForwardTarget,
  ReplyAddress,
  RequestSource,
} from '../../../src/ports/bus.ts'
import type { FlowId } from '../../../src/ports/flows.ts'
import { type BusOwner, PortBus } from '../../../src/runtime/index.ts'
import { encodeResponse } from '../../../src/sip/message/encode.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import { aorOf } from '../../support/played-messages.ts'
import { request } from '../../support/requests.ts'

class Owner implements BusOwner {
  readonly got: BusMessage[] = []
  wakes = 0

  onBusMessage(message: BusMessage): void {
    this.got.push(message)
  }

  onBusWork(): void {
    this.wakes++
  }
}

interface End {
  readonly bus: PortBus
  readonly owner: Owner
}

const ends: End[] = []
afterEach(() => {
  for (const { bus } of ends.splice(0)) bus.close()
})

function makeEnd(worker: number, incarnation = 1): End {
  const owner = new Owner()
  const end = { bus: new PortBus({ worker, incarnation, workersCount: 2 }, owner), owner }
  ends.push(end)
  return end
}

function join(a: End, b: End): void {
  const { port1, port2 } = new MessageChannel()
  a.bus.connect(b.bus.worker, b.bus.incarnation, port1)
  b.bus.connect(a.bus.worker, a.bus.incarnation, port2)
}

/** Turns of the event loop, in which ports deliver, until this holds. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (holds()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('did not come about')
}

/** A while in which nothing should happen. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const alice = aorOf('alice')
const bob = aorOf('bob')
const party = { aor: alice, aliases: [bob], groups: ['sales'] }
const rule = { from: 'sales', to: '*', see: 'forbid', message: null } as const
const flow = '0.1.7.cafe' as FlowId
const to: ReplyAddress = { worker: 1, incarnation: 1, half: 'edge', number: 3 }
const content = new Uint8Array([7])
const ownRequest = { number: 3, flow, owner: alice, requestUri: 'sip:a@192.0.2.1', headers: 'Call-ID: 7\r\n', content }
const identity: FlowIdentity = { aor: alice, aliases: [bob], epoch: 4, untilMs: 9_000 }
const target: ForwardTarget = {
  flow,
  transport: 'udp',
  contactUri: 'sip:x@192.0.2.7',
  path: ['<sip:p;lr>'],
  qThousandths: 500,
  deviceKey: 'd',
}
const source: RequestSource = {
  flow,
  transport: 'tls',
  remoteAddress: '192.0.2.7',
  remotePort: 5061,
  localAddress: '192.0.2.1',
  localPort: 5061,
  identity,
}

function cancel(number: number): BusMessage {
  return { kind: 'cancel', from: { ...to, number } }
}

function flowDied(aor = alice, goodbye = false): BusMessage {
  return { kind: 'flow-died', aor, flow, goodbye }
}

function epoch(number: number, aor = alice): BusMessage {
  return { kind: 'epoch', aor, epoch: number }
}

function response(): SipMessage {
  return parseMessage(encodeResponse(request(), 200, { toTag: 'x' })).message!
}

const route = { target, recipient: bob }

/** One of each kind; a new kind fails to compile here until it has one. */
const everyKind: { readonly [Kind in BusKind]: BusMessage & { kind: Kind } } = {
  request: { kind: 'request', from: to, sender: alice, request: request(), source, receivedMs: 7, route },
  answer: {
    kind: 'answer',
    to,
    status: 200,
    reason: 'OK',
    headers: [['Date', 'now']],
    body: Buffer.from('body'),
    response: response(),
    identity,
    bound: { bindings: ['instance a 1'], atMs: 7 },
    toTag: null,
  },
  deliver: {
    kind: 'deliver',
    from: to,
    sender: alice,
    party,
    recipient: bob,
    request: request({ body: 'grüße' }),
    operationId: 'id',
    receivedMs: 5,
    source,
    identity,
    unlessKnown: null,
    isCopied: true,
  },
  sent: { kind: 'sent', sender: alice, request: request({ body: 'grüße' }), operationId: 'id', flow },
  locate: {
    kind: 'locate',
    from: to,
    sender: alice,
    party,
    recipient: bob,
    requestUri: 'sip:bob@x',
    requestBytes: 400,
    source,
    identity,
  },
  targets: { kind: 'targets', to, sender: alice, recipient: bob, targets: [target], identity: null },
  forward: {
    kind: 'forward',
    from: to,
    target,
    request: request(),
    mode: 'proxied',
    sender: alice,
    recipient: bob,
    source,
    date: 'then',
    recordRoute: true,
    maxBreadth: 60,
  },
  outcome: { kind: 'outcome', to, status: 200, response: response(), deviceKey: 'd' },
  cancel: { kind: 'cancel', from: to },
  send: { kind: 'send', from: to, method: 'NOTIFY', requests: [ownRequest], causeMs: 7 },
  watches: { kind: 'watches', watcher: alice, party, isWanted: true, entries: [{ presentity: bob, known: null }] },
  verdicts: {
    kind: 'verdicts',
    watcher: alice,
    verdicts: [{ presentity: bob, verdict: 'allow', state: null, mainAor: null }],
  },
  state: {
    kind: 'state',
    presentity: bob,
    version: { incarnation: 1, number: 2 },
    document: Buffer.from('<presence/>'),
    causeMs: 7,
  },
  naming: { kind: 'naming', worker: 1, phase: 'begin' },
  'watch-check': { kind: 'watch-check', worker: 1, count: 2, hash: 3 },
  'name-again': { kind: 'name-again', worker: 1 },
  barrier: { kind: 'barrier', from: to },
  'barrier-passed': { kind: 'barrier-passed', to, worker: 1 },
  'flow-died': { kind: 'flow-died', aor: alice, flow, goodbye: true },
  'flow-alive': { kind: 'flow-alive', aor: alice, flow, epoch: 3, bindings: ['instance a 1'], atMs: 7 },
  'flow-left': { kind: 'flow-left', aor: alice, flow, bindings: ['instance a 1'] },
  epoch: { kind: 'epoch', aor: alice, epoch: 5 },
  alias: { kind: 'alias', aor: bob, mainAor: null },
  datagram: { kind: 'datagram', listener: 1, remoteAddress: '::1', remotePort: 5, bytes: Buffer.from('OPTIONS') },
  xcap: {
    kind: 'xcap',
    from: to,
    aor: alice,
    method: 'PUT',
    path: '/xcap-root/resource-lists/users/sip:alice@example.test/index',
    query: '',
    authorization: 'Digest …',
    ifMatch: '"a"',
    ifNoneMatch: null,
    contentType: 'application/resource-lists+xml',
    body: new Uint8Array([60, 62]),
    remoteAddress: '192.0.2.7',
    isEncrypted: true,
  },
  document: { kind: 'document', from: to, aor: alice, act: { act: 'read', auid: 'pres-rules', name: 'index' } },
  'document-reply': { kind: 'document-reply', to, reply: { ok: true, aor: alice, document: null } },
  admin: { kind: 'admin', from: to, aor: alice, act: { act: 'show' } },
  'admin-reply': { kind: 'admin-reply', to, reply: { ok: false, error: 'not-found', message: 'nobody' } },
  'policy-change': { kind: 'policy-change', from: to, policy: { generation: 3, default: 'closed', rules: [rule] } },
  'groups-change': { kind: 'groups-change', from: to, party },
  'policy-applied': { kind: 'policy-applied', to, worker: 1, outcome: 'applied' },
  'presence-ask': { kind: 'presence-ask', from: to, aor: alice, act: { act: 'clear', by: 'calendar' } },
  'presence-reply': { kind: 'presence-reply', to, reply: { ok: false, error: 'not-found', message: 'nobody' } },
  'policy-ask': { kind: 'policy-ask', from: to, aor: alice, act: { act: 'put-rule', rule } },
  'policy-reply': { kind: 'policy-reply', to, reply: { ok: false, error: 'not-found', message: 'nobody' } },
}

/** What a message says, SIP messages by their bytes and views, byte arrays as text. */
function said(message: object): Record<string, unknown> {
  const entries = Object.entries(message).map(([name, value]: [string, unknown]) => {
    if (value instanceof Uint8Array) return [name, Buffer.from(value).toString()]
    if (value !== null && typeof value === 'object' && 'bytes' in value) {
      const sip = value as SipMessage
      const { method, statusCode, callId, cseq, from, headersCount } = sip
      return [
        name,
        {
          bytes: sip.bytes.toString(),
          body: sip.body.toString(),
          method,
          statusCode,
          callId,
          cseq,
          from,
          headersCount,
        },
      ]
    }
    return [name, value]
  })
  return Object.fromEntries(entries)
}

describe('the bus over ports', () => {
  it.each(Object.values(everyKind))('carries $kind to another thread as it was', async (message) => {
    const [a, b] = [makeEnd(0), makeEnd(1)]
    join(a, b)
    expect(a.bus.send(1, message)).toBe(true)
    a.bus.flush()
    await until(() => b.owner.got.length === 1)
    expect(said(b.owner.got[0]!)).toEqual(said(message))
  })

  it('leaves the sender its own SIP message: the bytes that cross are a copy', async () => {
    const [a, b] = [makeEnd(0), makeEnd(1)]
    join(a, b)
    const message = everyKind.deliver
    const before = message.request.bytes.toString()
    a.bus.send(1, message)
    a.bus.flush()
    await until(() => b.owner.got.length === 1)
    expect(message.request.bytes.toString()).toBe(before)
  })

  it('handles messages to its own worker in the same flush, also those that they cause', () => {
    const { bus, owner } = makeEnd(0)
    const seen: BusKind[] = []
    owner.onBusMessage = (message) => {
      seen.push(message.kind)
      if (message.kind === 'cancel') bus.send(0, epoch(1))
    }
    bus.send(0, cancel(1))
    bus.flush()
    expect(seen).toEqual(['cancel', 'epoch'])
  })

  it('refuses asks to a worker that is down, and says so at once', () => {
    const { bus } = makeEnd(0)
    expect([bus.send(1, cancel(1)), bus.send(7, cancel(1))]).toEqual([false, false])
  })

  it('forgets the asks that waited for a worker that died: nobody would answer them', async () => {
    const [a, b] = [makeEnd(0), makeEnd(1)]
    join(a, b)
    a.bus.send(1, cancel(1))
    a.bus.disconnect(1)
    const next = makeEnd(1, 2)
    join(a, next)
    a.bus.send(1, cancel(2))
    a.bus.flush()
    await until(() => next.owner.got.length > 0)
    expect(next.owner.got).toEqual([cancel(2)])
  })

  it('keeps facts while a worker is down, of each key the newest only, and they go first', async () => {
    const a = makeEnd(0)
    const facts = [epoch(1), flowDied(), epoch(2), epoch(1, bob), flowDied(alice, true), epoch(3)]
    expect(facts.map((fact) => a.bus.send(1, fact))).toEqual(facts.map(() => true))
    const b = makeEnd(1)
    join(a, b)
    a.bus.send(1, cancel(1))
    a.bus.send(1, flowDied(bob))
    a.bus.flush()
    await until(() => b.owner.got.length > 0)
    expect(b.owner.got).toEqual([epoch(1, bob), flowDied(alice, true), epoch(3), flowDied(bob), cancel(1)])
  })

  it('joins what one turn has for one worker into one post', async () => {
    const [a, b] = [makeEnd(0), makeEnd(1)]
    const { port1, port2 } = new MessageChannel()
    a.bus.connect(1, 1, port1)
    const posts: { messages?: unknown[] }[] = []
    port2.on('message', (post) => posts.push(post))
    for (let number = 0; number < 5; number++) a.bus.send(1, cancel(number))
    a.bus.flush()
    await until(() => posts.length > 0)
    await someTurns()
    expect(posts.map(({ messages }) => messages?.length)).toEqual([5])
    b.bus.close()
    port2.close()
  })

  it('has at most eight unconfirmed batches under way to one worker; the rest waits and then goes as one', async () => {
    const a = makeEnd(0)
    const { port1, port2 } = new MessageChannel()
    a.bus.connect(1, 1, port1)
    const posts: { kind: string; messages: unknown[] }[] = []
    port2.on('message', (post) => posts.push(post))
    for (let number = 0; number < 12; number++) {
      a.bus.send(1, cancel(number))
      a.bus.flush()
    }
    await someTurns()
    expect(posts).toHaveLength(8)
    const wakes = a.owner.wakes
    port2.postMessage({ kind: 'confirm' })
    await until(() => a.owner.wakes > wakes)
    a.bus.flush()
    await until(() => posts.length === 9)
    expect(posts[8]!.messages).toHaveLength(4)
    port2.close()
  })

  it('refuses asks when twenty thousand wait for a worker that does not keep up; facts are taken still', () => {
    const a = makeEnd(0)
    const { port1, port2 } = new MessageChannel()
    a.bus.connect(1, 1, port1)
    const taken = Array.from({ length: 20_001 }, (_, number) => a.bus.send(1, cancel(number)))
    expect([taken.indexOf(false), a.bus.send(1, epoch(1))]).toEqual([20_000, true])
    port2.close()
  })

  it('confirms each batch, so that a long stream between two workers never stops', async () => {
    const [a, b] = [makeEnd(0), makeEnd(1)]
    join(a, b)
    a.owner.onBusWork = () => setImmediate(() => a.bus.flush())
    for (let number = 0; number < 100; number++) {
      a.bus.send(1, cancel(number))
      a.bus.flush()
    }
    await until(() => b.owner.got.length === 100)
    expect(b.owner.got).toEqual(Array.from({ length: 100 }, (_, number) => cancel(number)))
  })

  it('starts the count of unconfirmed batches anew with a new worker', async () => {
    const a = makeEnd(0)
    const { port1, port2 } = new MessageChannel()
    a.bus.connect(1, 1, port1)
    for (let number = 0; number < 12; number++) {
      a.bus.send(1, cancel(number))
      a.bus.flush()
    }
    a.bus.disconnect(1)
    port2.close()
    const b = makeEnd(1, 2)
    join(a, b)
    a.bus.send(1, cancel(99))
    a.bus.flush()
    await until(() => b.owner.got.length === 1)
    expect(b.owner.got).toEqual([cancel(99)])
  })
})
