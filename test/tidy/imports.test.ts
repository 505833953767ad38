/**
 * Who imports whom in this repository, and each check of that on a planted breach. The law itself is in `tables.ts`.
 */
import { describe, expect, it } from 'vitest'
import { plant } from './plant.ts'
import { checkArrows, checkCycles, checkOrphans, checkPackages, checkTopArrows } from './rules/imports.ts'
import { readCode, readText } from './sources.ts'
import { ENTRY_POINTS, MAY_IMPORT } from './tables.ts'

const code = readCode()

describe('arrows between folders', () => {
  it('are those of the table', () => expect(checkArrows(code)).toEqual([]))

  it('have no cycle in the table itself, the assembly apart', () => {
    const reaches = (from: string, to: string): boolean =>
      MAY_IMPORT[from]!.some((next) => next === to || (MAY_IMPORT[next]!.length > 0 && reaches(next, to)))
    const assembly = ['server', 'cli', 'admin', 'runtime', 'chat', 'main.ts']
    const rest = Object.keys(MAY_IMPORT).filter((folder) => !assembly.includes(folder))
    expect(rest.filter((folder) => reaches(folder, folder))).toEqual([])
  })

  it.each([
    [
      'the core reaches for the shell',
      'src/messaging/mailbox.ts',
      '../store/index.ts',
      'messaging may not import store',
    ],
    ['sip imports anything of ours', 'src/sip/uri/uri.ts', '../../ports/clock.ts', 'sip may not import ports'],
    ['an adapter knows another', 'src/store/lmdb.ts', '../transport/index.ts', 'store may not import transport'],
    [
      'a folder is entered by the window',
      'src/presence/watch.ts',
      '../registrar/bindings.ts',
      'src/registrar/index.ts',
    ],
    ['a folder has no row', 'src/gadgets/x.ts', '../ports/clock.ts', 'not in MAY_IMPORT'],
  ])('are refused when %s', (_, path, target, complaint) => {
    expect(checkArrows(plant({ [path]: `import type { A } from '${target}'` })).join()).toContain(complaint)
  })

  it.each([
    ['export', "export { a } from '../store/index.ts'"],
    ['import for its effect', "import '../store/index.ts'"],
    ['dynamic import', "const store = await import('../store/index.ts')"],
    ['thread', "new Worker(new URL('../store/index.ts', import.meta.url))"],
    ['import over several lines', "import {\n  a,\n  b,\n} from '../store/index.ts'"],
  ])('are seen in an %s', (_, text) => {
    expect(checkArrows(plant({ 'src/edge/flow.ts': text }))).toHaveLength(1)
  })

  it('are not seen in comments and strings', () => {
    const text = "// import '../store/index.ts'\nconst example = \"import '../store/index.ts'\"\n"
    expect(checkArrows(plant({ 'src/edge/flow.ts': text }))).toEqual([])
  })

  it('may enter sip and ports by any file', () => {
    expect(checkArrows(plant({ 'src/edge/flow.ts': "import { parse } from '../sip/uri/uri.ts'" }))).toEqual([])
  })
})

describe('arrows between top folders', () => {
  it('are those of the table', () => expect(checkTopArrows(code)).toEqual([]))

  it.each([
    ['src/runtime/host.ts', '../../sim/model/users.ts'],
    ['src/edge/flow.ts', '../../test/support/network.ts'],
    ['workers/shard.ts', '../sim/model/users.ts'],
    ['sim/model/users.ts', '../../test/support/network.ts'],
  ])('refuse that %s imports %s', (path, target) => {
    expect(checkTopArrows(plant({ [path]: `import '${target}'` }))).toHaveLength(1)
  })

  it('let commands and the fleet import the simulator', () => {
    const files = plant({
      'src/cli/sim.ts': "import '../../sim/report/page.ts'",
      'workers/fleet.ts': "import '../sim/drivers/live.ts'",
    })
    expect(checkTopArrows(files)).toEqual([])
  })
})

describe('cycles between files', () => {
  it('do not exist', () => expect(checkCycles(code)).toEqual([]))

  it('are found once, whichever file they are entered by', () => {
    const files = plant({
      'src/edge/z.ts': "import './c.ts'",
      'src/edge/c.ts': "import './a.ts'",
      'src/edge/a.ts': "import type { B } from './b.ts'",
      'src/edge/b.ts': "import './c.ts'",
    })
    const ring = 'src/edge/a.ts → src/edge/b.ts → src/edge/c.ts → src/edge/a.ts'
    expect(checkCycles(files)).toEqual([`${ring}: a cycle of imports; move what both need into a file of its own`])
  })

  it('are not confused with two ways to one file', () => {
    const files = plant({
      'src/a.ts': "import './b.ts'\nimport './c.ts'",
      'src/b.ts': "import './c.ts'",
      'src/c.ts': '',
    })
    expect(checkCycles(files)).toEqual([])
  })
})

describe('files that nobody imports', () => {
  it('do not exist', () => expect(checkOrphans(code, ENTRY_POINTS)).toEqual([]))

  it('are found, entry points apart', () => {
    const files = plant({ 'src/main.ts': "import './used.ts'", 'src/used.ts': '', 'src/left.ts': '' })
    expect(checkOrphans(files, { 'src/main.ts': 'planted' }).join()).toMatch(/^src\/left.ts: nobody imports it/)
  })
})

describe('packages', () => {
  it('that the server imports are among its dependencies', () => {
    expect(checkPackages(code, readText('package.json'))).toEqual([])
  })

  it('of development alone are refused in the server', () => {
    const files = plant({
      'src/store/lmdb.ts': "import { open } from 'lmdb'\nimport { x } from '@scope/left/deep'\nimport 'node:fs'",
      'test/unit/a.test.ts': "import { it } from 'vitest'",
    })
    const complaints = checkPackages(files, JSON.stringify({ dependencies: { lmdb: '1.0.0' } }))
    expect(complaints).toEqual([
      'src/store/lmdb.ts: imports @scope/left, which is not among the dependencies of package.json',
    ])
  })
})
