/** A thread that opens a web listener and closes it on request: what `web-thread.test.ts` watches end. */
import { parentPort } from 'node:worker_threads'
import type { FlowSink } from '../../../src/ports/flows.ts'
import { openWebListener } from '../../../src/transport/web/web-listener.ts'

const sink: FlowSink = {
  onFlowOpened: () => parentPort?.postMessage('opened'),
  onFlowMessage: () => {},
  onFlowFault: () => {},
  onFlowClosed: () => {},
}

const web = await openWebListener({ host: '127.0.0.1', port: 0 }, sink)
parentPort?.once('message', async () => {
  await web.close()
  parentPort?.close()
})
parentPort?.postMessage(web.port)
