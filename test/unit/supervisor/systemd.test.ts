/**
 * What systemd is told, with a `systemd-notify` of our own on PATH: sd_notify(3). The real one is in test/interop.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Systemd } from '../../../src/supervisor/index.ts'
import { eventually } from '../../support/server-process.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meridian-notify-'))
  writeFileSync(join(folder, 'systemd-notify'), '#!/bin/sh\necho "$@" >>"$NOTIFY_SOCKET"\n', { mode: 0o755 })
})
afterAll(() => rmSync(folder, { recursive: true }))

function env(name: string): Record<string, string> {
  return { PATH: `${folder}:${process.env.PATH}`, NOTIFY_SOCKET: join(folder, name) }
}

function told(name: string): string[] {
  const file = join(folder, name)
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
}

const noFault = (reason: string) => {
  throw new Error(reason)
}

it('nobody, where nobody waits', () => {
  expect(Systemd.of({ env: {}, onFault: noFault })).toBeNull()
})

it('that it serves, turns as long as it is watched, and stops', async () => {
  const watched = { ...env('a'), WATCHDOG_USEC: '20000', WATCHDOG_PID: String(process.pid) }
  const manager = Systemd.of({ env: watched, onFault: noFault })!
  await manager.ready('serving example.test')
  expect(told('a')[0]).toBe('READY=1 STATUS=serving example.test')
  await eventually('two turns', () => told('a').filter((words) => words === 'WATCHDOG=1').length >= 2)
  await manager.stopping()
  expect(told('a')).toContain('STOPPING=1 STATUS=stopping')
})

it('not that another process turns', async () => {
  const manager = Systemd.of({
    env: { ...env('b'), WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' },
    onFault: noFault,
  })!
  await manager.ready('serving')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(told('b')).toEqual(['READY=1 STATUS=serving'])
})

it('a program that is not there is said once, and nothing waits for it', async () => {
  const faults: string[] = []
  const onFault = (reason: string) => void faults.push(reason)
  const manager = Systemd.of({ env: { PATH: folder, NOTIFY_SOCKET: 'x' }, onFault })!
  rmSync(join(folder, 'systemd-notify'))
  await manager.ready('serving')
  await manager.stopping()
  expect(faults).toEqual([expect.stringContaining('ENOENT')])
})
