/**
 * What a single file must look like: its header, its length, its lines and functions, no default export, no open ends.
 * Layout and everything that a linter knows is left to the linter. Exceptions come in as tables from `../tables.ts`.
 */
import type { Complaint, Exceptions, SourceFile } from '../sources.ts'
import { blankTexts, functionSpans } from './code-text.ts'

export const MAX_LINE = 120
export const MAX_LINES = 400
export const MAX_FUNCTION = 60
const MAX_WORKER_LINES = 60

export function checkHeaders(files: readonly SourceFile[]): Complaint[] {
  return files
    .filter(({ path }) => /^(src|workers|sim|bench|test)\//.test(path))
    .filter(({ text }) => !startsWithSentence(text))
    .map(({ path }) => `${path}: begins with no header; say in a sentence or two what it is and what it leaves to whom`)
}

function startsWithSentence(text: string): boolean {
  const afterShebang = text.replace(/^#![^\n]*\n/, '').trimStart()
  const comment = /^(?:\/\*[\s\S]*?\*\/|(?:\/\/[^\n]*\n?)+)/.exec(afterShebang)?.[0]
  if (!comment) return false
  const words = comment.replace(/^\s*(?:\/\*+|\*+\/?|\/\/+)|\*\/\s*$/gm, ' ').trim()
  return words.split(/\s+/).length >= 4 && /[.:;!?](?:\s|$)/.test(words)
}

export function checkLineLength(files: readonly SourceFile[], exceptions: Exceptions): Complaint[] {
  return without(files, exceptions).flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const tooLong = line.length > MAX_LINE
      return tooLong ? [`${path}:${index + 1}: ${line.length} characters, the limit is ${MAX_LINE}`] : []
    }),
  )
}

export function checkFileLength(files: readonly SourceFile[], exceptions: Exceptions): Complaint[] {
  return without(files, exceptions)
    .filter(({ text }) => countLines(text) > MAX_LINES)
    .map(({ path, text }) => `${path}: ${countLines(text)} lines, the limit is ${MAX_LINES}; split it by what it does`)
}

/** A thread's file starts it and nothing else: what runs on it must be testable without a thread. */
export function checkWorkerLength(files: readonly SourceFile[]): Complaint[] {
  return files
    .filter(({ path, text }) => /^workers\/[^/]+\.ts$/.test(path) && countLines(text) >= MAX_WORKER_LINES)
    .map(
      ({ path, text }) =>
        `${path}: ${countLines(text)} lines; a worker has under ${MAX_WORKER_LINES}, move logic to src`,
    )
}

/**
 * Functions of more than 60 lines, tests apart, whose outermost functions are only brackets around a group. `known`
 * holds those that were already longer, with their length; such a row must be lowered as its function shrinks.
 */
export function checkFunctionLength(
  files: readonly SourceFile[],
  known: Readonly<Record<string, number>>,
): Complaint[] {
  const longest = new Map<string, number>()
  for (const { path, text } of files.filter((file) => !file.path.endsWith('.test.ts'))) {
    for (const { name, lines } of functionSpans(text)) {
      const key = `${path}#${name}`
      longest.set(key, Math.max(lines, longest.get(key) ?? 0))
    }
  }
  const tooLong = [...longest].flatMap(([key, lines]) => {
    const limit = known[key] ?? MAX_FUNCTION
    return lines > limit ? [`${key}: ${lines} lines, the limit is ${limit}; split it`] : []
  })
  const loose = Object.entries(known).flatMap(([key, limit]) => {
    const lines = longest.get(key) ?? 0
    if (lines >= limit) return []
    return [`${key}: is down to ${lines} lines; ${lines > MAX_FUNCTION ? 'lower' : 'delete'} its row in LONG_FUNCTIONS`]
  })
  return [...tooLong, ...loose]
}

export function checkDefaultExports(files: readonly SourceFile[], exceptions: Exceptions): Complaint[] {
  return without(files, exceptions)
    .filter(({ text }) => /\bexport\s+default\b|\bas\s+default\b/.test(blankTexts(text)))
    .map(({ path }) => `${path}: has a default export; export it by name`)
}

export function checkOpenWork(files: readonly SourceFile[], exceptions: Exceptions): Complaint[] {
  return without(files, exceptions).flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const where = `${path}:${index + 1}`
      if (/\bFIXME\b/.test(line)) return [`${where}: FIXME; fix it, or file an issue and write TODO(#number)`]
      return /\bTODO\b(?!\(#\d+\))/.test(line) ? [`${where}: TODO without an issue; write TODO(#number)`] : []
    }),
  )
}

/** A rule switched off in place is seen by nobody; a row in a table with a reason is. */
export function checkSuppressions(files: readonly SourceFile[], exceptions: Exceptions): Complaint[] {
  return without(files, exceptions).flatMap(({ path, text }) => {
    const found = /biome-ignore|eslint-disable|@ts-ignore|@ts-nocheck/.exec(text)
    return found ? [`${path}: ${found[0]}; write it so that the rule is content, or change the rule for all`] : []
  })
}

function without(files: readonly SourceFile[], exceptions: Exceptions): SourceFile[] {
  return files.filter(({ path }) => !(path in exceptions))
}

function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}
