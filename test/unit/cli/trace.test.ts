/**
 * `meridian trace`: the ladder at several widths, and what the command says without a server, a user, or sense.
 */
import { describe, expect, it } from 'vitest'
import type { TraceStep } from '../../../src/admin/index.ts'
import { ladderHead, ladderRow } from '../../../src/cli/trace/ladder.ts'
import { adminWorlds } from '../../support/admin-world.ts'

const step: TraceStep = {
  number: 1,
  atMs: new Date(2026, 0, 12, 9, 5, 3, 42).getTime(),
  worker: 0,
  direction: 'received',
  side: 'device',
  method: 'MESSAGE',
  status: 0,
  reason: '',
  cseq: 12,
  callId: 'c',
  from: 'sip:alice@example.test',
  to: 'sip:bob@example.test',
  flow: '0.1.7',
  transport: 'tcp',
  remoteAddress: '192.0.2.7',
  remotePort: 5060,
  bytes: 512,
  bodyBytes: 5,
  text: null,
}

describe('the ladder', () => {
  it('has the arrow on the side and in the direction of the message', () => {
    const rows = [
      step,
      { ...step, side: 'other', direction: 'sent' } as const,
      { ...step, side: 'other', status: 200, reason: 'OK' } as const,
      { ...step, direction: 'sent', status: 200, reason: 'OK' } as const,
    ].map((each) => ladderRow(each, 100))
    expect([ladderHead(100), ...rows]).toEqual([
      '             device                     server                     other side',
      '09:05:03.042 │────── MESSAGE 12 ───────►│                          │ tcp 0.1.7 512 B  alice@example.',
      '09:05:03.042 │                          │────── MESSAGE 12 ───────►│ tcp 0.1.7 512 B  alice@example.',
      '09:05:03.042 │                          │◄──── 200 12 MESSAGE ─────│ tcp 0.1.7 512 B  OK',
      '09:05:03.042 │◄──── 200 12 MESSAGE ─────│                          │ tcp 0.1.7 512 B  OK',
    ])
  })

  it('is as wide as the terminal, and no wider', () => {
    for (const columns of [40, 60, 80, 132, 250]) {
      const row = ladderRow({ ...step, method: 'A'.repeat(90) }, columns)
      expect([...row].length).toBeLessThanOrEqual(columns)
      expect([...ladderHead(columns)].length).toBeLessThanOrEqual(columns)
    }
  })

  it('lets no stranger move the cursor', () => {
    const text = 'MESSAGE sip:b SIP/2.0\r\n\r\n\u001b[2Jhi\u009b1A'
    expect(ladderRow({ ...step, text }, 80)).not.toMatch(/[^\P{Cc}\n]/u)
  })
})

describe('the command', () => {
  const { running, stopped } = adminWorlds()

  it('says that no server runs, and what a time and a count are', async () => {
    const { run } = await stopped()
    expect(await run('trace', 'alice')).toMatchObject({ code: 1, err: expect.stringContaining('no server answers') })
    expect(await run('trace', 'alice', '--for', 'ever')).toMatchObject({ code: 64 })
    expect(await run('trace', 'alice', '--count', '0')).toMatchObject({ code: 64 })
  })

  it('says that there is no such user', async () => {
    const { run } = await running()
    expect(await run('trace', 'nobody')).toMatchObject({ code: 1, err: expect.stringContaining('nobody') })
    expect(await run('trace', 'no body')).toMatchObject({ code: 64, err: expect.stringContaining('no address') })
  })
})
