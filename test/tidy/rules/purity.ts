/**
 * The core touches nothing outside: no clock, no timer, no randomness, no module of Node that does more than compute.
 * That is what lets one seed repeat a whole run. Which folders are the core, and the exceptions, is data in
 * `../tables.ts`.
 */
import type { Complaint, SourceFile } from '../sources.ts'
import { PURE, PURE_MODULE_ROWS, PURE_MODULES, SYNCHRONOUS } from '../tables.ts'
import { blankTexts, importTargets } from './code-text.ts'

const BANNED: readonly { pattern: RegExp; instead: string }[] = [
  { pattern: /\bDate\s*\.\s*now\b/, instead: 'take the time from the Clock port' },
  // With an argument it only converts that argument.
  { pattern: /\bnew\s+Date\b(?!\s*\(\s*[^\s)])/, instead: 'take the time from the Clock port' },
  { pattern: /(?<!\bnew\s+|[.\w])Date\s*\(\s*\)/, instead: 'take the time from the Clock port' },
  { pattern: /(?<![.\w])performance\s*\./, instead: 'take the time from the Clock port' },
  { pattern: /\bMath\s*\.\s*random\b/, instead: 'take it from the Entropy port' },
  { pattern: /\brandom(Bytes|UUID|Int|Fill|FillSync)\b|\bgetRandomValues\b/, instead: 'take it from the Entropy port' },
  { pattern: /(?<![.\w])(set|clear)(Timeout|Interval|Immediate)\b/, instead: 'use the Timers port' },
  { pattern: /(?<![.\w])(queueMicrotask|fetch)\s*\(/, instead: 'return an effect and let the runtime carry it out' },
  { pattern: /(?<![.\w])process\s*\./, instead: 'take it as an argument' },
  { pattern: /(?<![.\w])console\s*\./, instead: 'use the Log port' },
]

export function checkPurity(files: readonly SourceFile[]): Complaint[] {
  return files
    .filter(({ path }) => isUnder(PURE, path))
    .flatMap((file) => [...bannedCalls(file), ...bannedModules(file)])
}

export function checkSynchronous(files: readonly SourceFile[]): Complaint[] {
  return files
    .filter(
      ({ path, text }) => isUnder(SYNCHRONOUS, path) && /(?<![.\w])(async|await)\b(?!\s*:)/.test(blankTexts(text)),
    )
    .map(({ path }) => `${path}: is asynchronous; everything here runs to its end, waiting is the caller's`)
}

function bannedCalls({ path, text }: SourceFile): Complaint[] {
  const lines = blankTexts(text).split('\n')
  return lines.flatMap((line, index) =>
    BANNED.flatMap(({ pattern, instead }) => {
      const found = pattern.exec(line)
      return found ? [`${path}:${index + 1}: the core uses ${found[0].trim()}; ${instead}`] : []
    }),
  )
}

function bannedModules({ path, text }: SourceFile): Complaint[] {
  return importTargets(text)
    .filter((target) => target.startsWith('node:') && !PURE_MODULES.includes(target))
    .filter((target) => !PURE_MODULE_ROWS.some((row) => row.module === target && row.path.test(path)))
    .map((target) => `${path}: the core imports ${target}; reach the outside through src/ports`)
}

function isUnder(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => path.startsWith(folder))
}
