/**
 * docs/topology.md: its examples are right, and every command in it does what it says there.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseTopology } from '../../../src/topology/index.ts'
import { dataFolders } from '../../support/data-folder.ts'
import { PageMachines, pageSections } from '../../support/page-commands.ts'

const newFolder = dataFolders()

describe('docs/topology.md', { timeout: 60_000 }, () => {
  it('is one story, from the first file to the removal of a server', async () => {
    const machines = new PageMachines(newFolder())
    const said: string[] = []
    for (const blocks of pageSections('docs/topology.md').values()) {
      for (const block of blocks) said.push(await machines.run(block))
    }
    const all = said.join('\n')
    expect(all).toContain('+ server home2.example.test, home, links at home2.example.test port 5061, clients nowhere')
    expect(all).toContain('nothing was changed; it would be version 2')
    expect(all).toContain('- server home2.example.test')
    const read = parseTopology(machines.read('front1', 'topology.yaml'), 't')
    expect(read).toMatchObject({ topology: { version: 4, deniedFingerprints: [expect.stringContaining('8f4b2c6d')] } })
  })

  it('has a row for every key of the file', () => {
    const page = readFileSync('docs/topology.md', 'utf8')
    for (const key of ['version', 'domains', 'name', 'role', 'linkHost', 'linkPort', 'clientUri', 'deniedCertificates'])
      expect(page).toMatch(new RegExp(`^\\| \`(servers\\[\\]\\.)?${key}(\\[\\])?\` \\|`, 'm'))
  })
})
