/**
 * Main's asks of the shards about accounts, against a shard that a test plays.
 */
import { MessageChannel } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import type { AdminReply, AdminRequest } from '../../../src/ports/admin.ts'
import type { AdminMessage, BusMessage } from '../../../src/ports/bus.ts'
import type { Account } from '../../../src/ports/directory.ts'
import { PortBus } from '../../../src/runtime/index.ts'
import { AccountAsks } from '../../../src/server/account-asks.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'
import { MemoryDisk, MemoryStore } from '../../../src/store/index.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const alice: Account = {
  aor: 'sip:alice@example.test' as Aor,
  aliases: ['sip:al@example.test' as Aor],
  displayName: '',
  groups: [],
  disabled: false,
  epoch: 1,
  createdMs: 1,
}

/** One shard that knows alice, by both of her names. */
function shardWithAlice(): { asks: AccountAsks; asked: string[] } {
  const asked: string[] = []
  const onBusMessage = (message: BusMessage) => {
    if (message.kind !== 'admin') return
    asked.push(`${message.act.act} ${message.aor}`)
    bus.send(1, { kind: 'admin-reply', to: message.from, reply: replyOf(message) })
    bus.flush()
  }
  const bus: PortBus = new PortBus(
    { worker: 0, incarnation: 1, workersCount: 1 },
    { onBusMessage, onBusWork: () => undefined },
  )
  const asks = new AccountAsks(1, new MemoryStore(new MemoryDisk()))
  const { port1, port2 } = new MessageChannel()
  asks.connect(0, 1, port1)
  bus.connect(1, 1, port2)
  closers.push(() => {
    asks.close()
    bus.close()
  })
  return { asks, asked }
}

function replyOf({ aor, act }: AdminMessage): AdminReply {
  const isKnown = aor === alice.aor || alice.aliases.includes(aor)
  if (act.act === 'show' && !isKnown) return { ok: false, error: 'not-found', message: '' }
  return {
    ok: true,
    account: alice,
    devices: [],
    credentials: [],
    directory: null,
    mailboxMessages: 0,
    unconfirmed: [],
  }
}

function add(...aliases: string[]): AdminRequest {
  const secrets = { md5: '', sha256: '' }
  return { act: 'add', displayName: '', aliases: aliases as Aor[], groups: [], secrets, disabled: false }
}

test('a user who is there is called that, and not the owner of his own aliases', async () => {
  const { asks, asked } = shardWithAlice()
  const reply = await asks.act(alice.aor, add('sip:al@example.test'))
  expect(reply).toEqual({ ok: false, error: 'exists', message: 'sip:alice@example.test is a user already' })
  expect(asked).toEqual(['show sip:alice@example.test'])
})

test("a name or an alias that is somebody else's is refused, and nobody is made", async () => {
  const { asks, asked } = shardWithAlice()
  expect(await asks.act('sip:al@example.test' as Aor, add())).toMatchObject({
    ok: false,
    message: 'sip:al@example.test is another name of sip:alice@example.test already',
  })
  expect(await asks.act('sip:bob@example.test' as Aor, add('sip:al@example.test'))).toMatchObject({
    ok: false,
    message: 'sip:al@example.test is taken, so it cannot be a name of sip:bob@example.test',
  })
  expect(asked.filter((act) => act.startsWith('add'))).toEqual([])
})
