/**
 * The two sides of a comparison: this checkout, and the commit that it is compared with, laid out beside it as a
 * worktree of git that is removed afterwards. Both run on the same Node and with the same installed packages.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../harness/server.ts'
import { CannotBench } from '../run-benches.ts'

export interface Side {
  readonly name: 'base' | 'head'
  readonly checkout: string
  /** For node. */
  readonly nodeFlags?: readonly string[]
}

export interface Sides {
  readonly base: Side
  readonly head: Side
  /** The full name of the base's commit. */
  readonly baseCommit: string
  /** True where base and head want different packages: the base was then measured with head's. */
  readonly arePackagesDifferent: boolean
  remove(): void
}

/** The commit to compare with: where this branch left main, or the one before on main itself. */
export function defaultBase(): string {
  const fork = git('merge-base', 'HEAD', 'origin/main') ?? git('merge-base', 'HEAD', 'main')
  return fork === null || fork === git('rev-parse', 'HEAD') ? 'HEAD~1' : fork
}

export function laySides(base: string): Sides {
  const baseCommit = git('rev-parse', '--verify', `${base}^{commit}`)
  if (baseCommit === null) throw new CannotBench(`no commit ${base} here to compare with; name another by --base`)
  const checkout = mkdtempSync(join(tmpdir(), 'meridian-base-'))
  execFileSync('git', ['worktree', 'add', '--quiet', '--detach', '--force', checkout, baseCommit], { cwd: root })
  const packages = join(checkout, 'node_modules')
  if (!existsSync(packages)) symlinkSync(join(root, 'node_modules'), packages)
  return {
    base: { name: 'base', checkout },
    head: { name: 'head', checkout: root },
    baseCommit,
    arePackagesDifferent: git('diff', '--quiet', baseCommit, '--', 'package-lock.json') === null,
    remove() {
      rmSync(packages, { force: true })
      execFileSync('git', ['worktree', 'remove', '--force', checkout], { cwd: root })
    },
  }
}

/** Its output, or null where it fails. */
function git(...args: readonly string[]): string | null {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}
