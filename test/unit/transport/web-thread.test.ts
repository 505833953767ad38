/**
 * A worker with an open web listener ends without taking the process along: an open uWebSockets.js app would abort it.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'

it('a thread closes its web listener, with flows on it, and ends with 0', async () => {
  const worker = new Worker(new URL('./web-thread.ts', import.meta.url))
  const [port] = await once(worker, 'message')
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}`, 'sip')
  const closed = once(webSocket, 'close')
  await once(worker, 'message')
  const exited = once(worker, 'exit')
  worker.postMessage('close')
  expect((await closed)[0]).toBe(1001)
  expect((await exited)[0]).toBe(0)
})
