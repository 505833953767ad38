/**
 * What the repository as a whole looks like, and each check of that on a planted breach.
 */
import { describe, expect, it } from 'vitest'
import { completeLock } from '../../bin/complete-lock.mjs'
import { checkBlobs, checkDependencies, checkDepth, checkLock, checkPathNames } from './rules/structure.ts'
import { listFiles, readText } from './sources.ts'
import { LARGE_BLOBS } from './tables.ts'

const files = listFiles()
const paths = files.map(({ path }) => path)

describe('paths', () => {
  it('name a thing', () => expect(checkPathNames(paths)).toEqual([]))

  it.each([
    'src/utils/escape.ts',
    'src/edge/helpers.ts',
    'src/common/x.ts',
    'test/misc.test.ts',
    'src/edge/flow-manager.ts',
    'src/edge/FlowManager.ts',
  ])('are refused as %s', (path) => expect(checkPathNames([path])).toHaveLength(1))

  it.each(['src/sip/uri/commonly.ts', 'src/store/utilisation.ts', 'docs/management.md'])('may be %s', (path) => {
    expect(checkPathNames([path])).toEqual([])
  })

  it('are at most three folders deep in src', () => {
    expect(checkDepth(paths)).toEqual([])
    expect(checkDepth(['src/sip/message/uri.ts'])).toEqual([])
    expect(checkDepth(['src/sip/message/header/uri.ts'])).toHaveLength(1)
  })
})

describe('blobs', () => {
  it('are at most 256 KiB', () => expect(checkBlobs(files, LARGE_BLOBS)).toEqual([]))

  it('are measured', () => {
    expect(checkBlobs([{ path: 'docs/film.bin', bytes: 262_144 }], {})).toEqual([])
    expect(checkBlobs([{ path: 'docs/film.bin', bytes: 262_145 }], {})).toHaveLength(1)
  })
})

describe('dependencies', () => {
  it('are pinned, each with its reason', () => {
    expect(checkDependencies(readText('package.json'), readText('docs/dependencies.md'))).toEqual([])
  })

  it('are missed when a version floats, a row is missing, or a row explains nothing', () => {
    const packageJson = JSON.stringify({ dependencies: { lmdb: '^3.0.0' }, devDependencies: { vitest: '5.1.1' } })
    const document = '| package | why |\n| `lmdb` | the store |\n| `left-pad` | pads |\n'
    expect(checkDependencies(packageJson, document)).toEqual([
      'package.json: lmdb is "^3.0.0"; pin an exact version',
      'docs/dependencies.md: has no row for vitest; say what it does that we should not do ourselves',
      'docs/dependencies.md: explains left-pad, which package.json does not have',
    ])
  })
})

describe('the lock', () => {
  it('holds no addresses', () => {
    expect(checkLock(readText('package-lock.json'))).toEqual([])
    expect(checkLock('{ "resolved": "https://registry.example/a.tgz" }')).toHaveLength(1)
  })

  it('has every optional package of every platform', () => {
    expect(completeLock(JSON.parse(readText('package-lock.json')))).toEqual([])
  })

  it('is completed with an inert entry where one is absent', () => {
    const lock = {
      packages: {
        'node_modules/a': { optionalDependencies: { '@a/linux-x64': '1.0.0', '@a/darwin-arm64': '1.0.0' } },
        'node_modules/@a/linux-x64': { version: '1.0.0' },
      },
    }
    expect(completeLock(lock)).toEqual(['node_modules/@a/darwin-arm64'])
    const inert = { version: '1.0.0', optional: true, cpu: ['arm64'], os: ['darwin'] }
    expect(lock.packages).toHaveProperty(['node_modules/@a/darwin-arm64'], inert)
    expect(completeLock(lock)).toEqual([])
  })

  it('takes a package nested in its dependant for present, and refuses to guess a platform', () => {
    const optionalDependencies = { '@a/linux-x64': '1.0.0' }
    const nested = { 'node_modules/a': { optionalDependencies }, 'node_modules/a/node_modules/@a/linux-x64': {} }
    expect(completeLock({ packages: nested })).toEqual([])
    const fits = { 'node_modules/a': { optionalDependencies: { 'fast-path': '1.0.0' } } }
    expect(() => completeLock({ packages: fits })).toThrow('cannot tell its platform')
  })
})
