/**
 * `meridian sim profiles list|show|check` as its user runs them.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { meridian } from '../../support/command-line.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()

describe('meridian sim profiles', () => {
  it('list names all that ship', async () => {
    const ran = await meridian(['sim', 'profiles', 'list'], { cwd: '/' })
    expect([ran.code, ran.err]).toEqual([0, ''])
    expect(ran.out).toMatch(/^lcs2003-home +2 × 0\.336 +2048 +100 +10000 +LCS 2003 home server$/m)
    expect(ran.out).toContain('\nthis-machine ')
  })

  it('show says what a second of the reference core and a flush come to', async () => {
    const ran = await meridian(['sim', 'profiles', 'show', 'lcs2003-home'], { cwd: '/' })
    expect(ran.code).toBe(0)
    expect(ran.out).toMatch(/user-mode code +18 s \/ 32 s \/ 58 s/)
    expect(ran.out).toContain('a flush takes mean 11.2 ms, p50 11.3, p95 14.4, p99 15.3; at most 89 a second')
  })

  it('show derives factors of later machines and says so', async () => {
    const ran = await meridian(['sim', 'profiles', 'show', 'lync2010-fe'], { cwd: '/' })
    expect(ran.out).toContain('derived from the score, assumed')
  })

  it('check is content with those that ship', async () => {
    const ran = await meridian(['sim', 'profiles', 'check'], { cwd: '/' })
    expect([ran.code, ran.out]).toEqual([0, '10 checked: no mistakes\n'])
  })

  it('check names every mistake with its place and ends with 78', async () => {
    const cwd = newFolder()
    mkdirSync(cwd)
    writeFileSync(join(cwd, 'my-box.yaml'), 'name: my-box\ncpu:\n  cuont: 0\n')
    const ran = await meridian(['sim', 'profiles', 'check', './my-box.yaml'], { cwd })
    expect([ran.code, ran.out]).toEqual([78, ''])
    expect(ran.err).toContain('meridian: ./my-box.yaml:3:3: cpu.cuont: unknown key; did you mean count?\n')
    expect((await meridian(['sim', 'profiles', 'show', 'absent'], { cwd })).code).toBe(78)
  })
})
