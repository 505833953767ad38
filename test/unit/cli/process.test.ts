/**
 * A few commands as processes, by way of bin/meridian: streams, exit codes, and what a pipe does.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const launcher = join(import.meta.dirname, '../../../bin/meridian')

function run(cwd: string, argv: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(launcher, argv, { cwd, input, encoding: 'utf8' })
  return { status, stdout, stderr }
}

function newCwd(): string {
  const cwd = newFolder()
  mkdirSync(cwd)
  return cwd
}

describe('bin/meridian', () => {
  it('prints the version of package.json', () => {
    expect(run('/', ['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  it('makes a folder, a user with the password on standard input, and finds the user again', () => {
    const cwd = newCwd()
    expect(run(cwd, ['init']).status).toBe(0)
    expect(run(cwd, ['user', 'add', 'alice'], 'correct horse battery\n')).toEqual({
      status: 0,
      stdout: 'added sip:alice@example.test\n',
      stderr: '',
    })
    expect(JSON.parse(run(cwd, ['user', 'list', '--json']).stdout).result).toMatchObject([
      { aor: 'sip:alice@example.test' },
    ])
  })

  it('ends with 64 for a wrong command line and 78 for a wrong configuration, on standard error only', () => {
    const cwd = newCwd()
    expect(run(cwd, ['nonsense'])).toMatchObject({ status: 64, stdout: '' })
    writeFileSync(join(cwd, 'meridian.yaml'), 'nonsense: 1')
    expect(run(cwd, ['config', 'check'])).toMatchObject({
      status: 78,
      stdout: '',
      stderr: 'meridian: meridian.yaml:1:1: nonsense: unknown key\n',
    })
  })

  it('writes all of a long result into a pipe', () => {
    expect(JSON.parse(run('/', ['config', 'schema']).stdout)).toHaveProperty('properties.limits')
  })
})
