/**
 * A post wakes another thread, so what nobody waits for goes with what somebody waits for, or when a turn is over.
 */
import { MessageChannel } from 'node:worker_threads'
import { expect, it } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { PortBus } from '../../../src/runtime/index.ts'

it('keeps back that a NOTIFY was taken until something else is posted, or a turn is over', async () => {
  const owner = { onBusMessage: () => undefined, onBusWork: () => undefined }
  const bus = new PortBus({ worker: 0, incarnation: 1, workersCount: 2 }, owner)
  const { port1, port2 } = new MessageChannel()
  bus.connect(1, 1, port1)
  const to = { worker: 1, incarnation: 1, half: 'events', number: 7 } as const
  const taken: BusMessage = { kind: 'outcome', to, status: 200, response: null, deviceKey: '' }
  const refused: BusMessage = { ...taken, status: 481 }
  const posts: number[] = []
  port2.on('message', ({ messages }: { messages: readonly unknown[] }) => posts.push(messages.length))
  const posted = async (...flushed: readonly [BusMessage | null, boolean][]): Promise<readonly number[]> => {
    for (const [message, isTurnOver] of flushed) {
      if (message) bus.send(1, message)
      bus.flush(isTurnOver)
    }
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    return posts.splice(0)
  }
  expect(await posted([taken, false], [taken, false])).toEqual([])
  expect(await posted([refused, false])).toEqual([2])
  expect(await posted([taken, false], [null, true])).toEqual([1])
  bus.close()
})
