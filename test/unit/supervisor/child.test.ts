/**
 * Promise P4: a server whose supervisor dies while it starts ends in order, as one whose supervisor dies later.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

const childUrl = new URL('../../../src/supervisor/child.ts', import.meta.url).href

/** Serves after its supervisor has gone; its exit code is 7 where it was told so. */
const startsAlone = `
import { supervisorGone, tellSupervisorReady } from '${childUrl}'
await new Promise((resolve) => process.once('disconnect', resolve))
tellSupervisorReady()
const waiting = setTimeout(() => process.exit(1), 5_000)
await supervisorGone()
clearTimeout(waiting)
process.exitCode = 7
`

it('is told that its supervisor is gone, whenever it went', async () => {
  const argv = ['--input-type=module', '--eval', startsAlone]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await once(child, 'spawn')
  child.disconnect()
  expect(await once(child, 'exit')).toEqual([7, null])
})
