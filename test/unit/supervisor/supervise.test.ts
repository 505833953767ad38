/**
 * The supervisor over a small child, which does at each start what the next word of its plan says: P4.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { supervise } from '../../../src/supervisor/index.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** `ready` tells that it serves, `kill` dies by a signal; else an exit code. */
const child = `
  const fs = require('node:fs')
  const [now, ...later] = JSON.parse(fs.readFileSync(process.argv[1], 'utf8'))
  fs.writeFileSync(process.argv[1], JSON.stringify(later))
  const act = (words) => {
    if (words[0] === 'ready') process.send('meridian-ready', () => act(words.slice(1)))
    else if (words[0] === 'kill') process.kill(process.pid, 'SIGKILL')
    else process.exit(Number(words[0]))
  }
  act(now.split(' '))
`

async function run(plan: readonly string[], onDeath: () => void = () => {}, backoffMs: readonly number[] = [0, 1, 2]) {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-supervisor-'))
  folders.push(folder)
  const file = join(folder, 'plan.json')
  writeFileSync(file, JSON.stringify(plan))
  const deaths: string[] = []
  const code = await supervise({
    command: [process.execPath, '-e', child, file],
    env: { PATH: process.env.PATH },
    backoffMs,
    onDeath: (death) => {
      deaths.push(`${death.code ?? death.signal} ${death.delayMs}`)
      onDeath()
    },
  })
  return { code, deaths, left: (JSON.parse(readFileSync(file, 'utf8')) as string[]).length }
}

describe('the supervisor', () => {
  it('P8: ends with the code of a server that was never ready: it would only fail again', async () => {
    expect(await run(['1', '0'])).toEqual({ code: 1, deaths: [], left: 1 })
    expect(await run(['kill', '0'])).toEqual({ code: 1, deaths: [], left: 1 })
  })

  it('P4: starts a server again that was ready once, also when a restart of it fails', async () => {
    const deaths = ['SIGKILL 0', '1 1', '1 2', 'SIGKILL 2']
    expect(await run(['ready kill', '1', '1', 'ready kill', '0'])).toEqual({ code: 0, deaths, left: 0 })
  })

  it('ends with 78 at any time: only the administrator can change the configuration', async () => {
    expect(await run(['ready kill', '78', '0'])).toEqual({ code: 78, deaths: ['SIGKILL 0'], left: 1 })
  })

  it('ends when it is told to, also while it waits for the next start', async () => {
    const tell = () => void setImmediate(() => process.emit('SIGTERM'))
    const sinceMs = performance.now()
    const waited = await run(['ready kill', '0'], tell, [60_000])
    expect(waited).toEqual({ code: 0, deaths: ['SIGKILL 60000'], left: 1 })
    expect(performance.now() - sinceMs).toBeLessThan(30_000)
    expect(process.listenerCount('SIGHUP')).toBe(0)
  })
})
