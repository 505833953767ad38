/**
 * Plants bad files for the tidy checks, so that each check is seen to bite. A file is a path and its text; nothing is
 * written to disk.
 */
import type { SourceFile } from './sources.ts'

export function plant(files: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(files).map(([path, text]) => ({ path, text }))
}

export function linesOf(count: number, line = 'x()'): string {
  return `${Array.from({ length: count }, () => line).join('\n')}\n`
}
