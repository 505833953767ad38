/**
 * What the tidy checks look at: the files of the repository as they lie on disk, committed or not, ignored ones left
 * out. The checks themselves are pure functions in `rules/` and never read a file, so that each can be shown a
 * planted bad one.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface SourceFile {
  /** From the root of the repository, with slashes. */
  path: string
  text: string
}

export interface SizedFile {
  path: string
  bytes: number
}

/** One sentence per breach: the file, what is wrong, and what to do instead. */
export type Complaint = string

/** File → reason. An exception without a reason is not one. */
export type Exceptions = Readonly<Record<string, string>>

export const ROOT = join(import.meta.dirname, '../..')

/** Every .ts file of ours, and the scripts of bin/. */
export function readCode(): SourceFile[] {
  return listFiles()
    .filter(({ path }) => /^(src|workers|sim|bench|test)\/.*\.ts$|^bin\/.*\.mjs$|^[\w.-]+\.ts$/.test(path))
    .map(({ path }) => ({ path, text: readText(path) }))
}

export function listFiles(): SizedFile[] {
  const options = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const paths = execFileSync('git', options, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\0')
  return paths.filter(Boolean).flatMap((path) => {
    // A file that was removed but not yet committed is still listed.
    const stat = statSync(join(ROOT, path), { throwIfNoEntry: false })
    return stat?.isFile() ? [{ path, bytes: stat.size }] : []
  })
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}
