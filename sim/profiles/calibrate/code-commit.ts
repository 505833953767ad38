/**
 * Which code it was: the commit of the checkout, else the version of the package.
 */
import { spawnSync } from 'node:child_process'
import { productVersion } from '../../../src/cli/version.ts'

export function codeCommit(): string {
  const git = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: import.meta.dirname, encoding: 'utf8' })
  return git.status === 0 ? git.stdout.trim() : productVersion()
}
