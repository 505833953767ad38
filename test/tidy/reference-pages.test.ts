/**
 * The reference pages say what the code says. `UPDATE_DOCS=1 npx vitest run test/tidy` writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { presets } from '../../sim/workload/presets/all-presets.ts'
import { parseWorkload } from '../../sim/workload/workload-file.ts'
import { cliPage, commands } from '../../src/cli/index.ts'
import { configurationPage } from '../../src/config/index.ts'
import { adminApiPage } from './admin-api-page.ts'
import { conformancePage } from './conformance-page.ts'
import { errorsPage, findRejections } from './errors-page.ts'
import { presenceConformancePage } from './presence-conformance-page.ts'
import { readCode, readText } from './sources.ts'
import { workloadPage } from './workload-page.ts'

const presencePage = () => presenceConformancePage(readText('test/tidy/presence-sections.md'), readCode())

const pages = [
  { path: 'docs/reference/cli.md', made: () => cliPage(commands) },
  { path: 'docs/reference/configuration.md', made: configurationPage },
  { path: 'docs/reference/admin-api.md', made: adminApiPage },
  { path: 'docs/conformance.md', made: () => conformancePage(readCode()) },
  { path: 'docs/presence-conformance.md', made: () => presencePage().text },
  { path: 'docs/errors.md', made: () => errorsPage(readCode()) },
  { path: 'docs/workload.md', made: () => workloadPage(readFileSync('docs/workload.md', 'utf8')) },
]

describe('generated pages are fresh', () => {
  it.each(pages)('$path', ({ path, made }) => {
    const page = made()
    if (process.env.UPDATE_DOCS) writeFileSync(path, page)
    expect(readFileSync(path, 'utf8') === page, `${path} is stale: UPDATE_DOCS=1 npx vitest run test/tidy`).toBe(true)
  })
})

describe('docs/workload.md', () => {
  it('has a row for every preset, and an example that is a workload', () => {
    const page = readFileSync('docs/workload.md', 'utf8')
    for (const { name } of presets) expect(page).toContain(`| \`${name}\` |`)
    const [, example] = /```yaml\n([\s\S]*?)```/.exec(page)!
    expect(parseWorkload(example!, 'example.yaml', { driver: 'live', quick: false })).toMatchObject({ ok: true })
  })
})

describe('docs/presence-conformance.md', () => {
  it('has a test or a reason for each section, and each section that a test names', () => {
    expect(presencePage().complaints).toEqual([])
  })

  it('misses a section without a test, one that is not listed, and a file that is not there', () => {
    const source = '## 6665 Events\n| 4.1 | asking | |\n| 4.2 | telling | unit/gone.test.ts |\n| 4.3 | way | (none) |\n'
    const files = [{ path: 'test/conformance/rfc6665/a.test.ts', text: "it('§4.4: is named', () => {})" }]
    expect(presenceConformancePage(source, files).complaints).toEqual([
      'RFC 6665 §4.1 is held by nothing',
      'RFC 6665 §4.2: no unit/gone.test.ts',
      'RFC 6665 §4.2 is held by nothing',
      'RFC 6665 §4.4 is not listed',
    ])
  })
})

describe('rejections', () => {
  it('are found in edge, shard, registrar and messaging', () => {
    const folders = new Set(findRejections(readCode()).map(({ path }) => path.split('/')[1]))
    expect([...folders]).toEqual(expect.arrayContaining(['edge', 'shard', 'registrar', 'messaging']))
  })

  it('have an event of their own each', () => {
    const events = findRejections(readCode()).map(({ event }) => event)
    expect(events.filter((event, index) => events.indexOf(event) !== index)).toEqual([])
  })
})
