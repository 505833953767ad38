/**
 * The files of a report: `report.json`, which is the truth, and `report.html`, made from it. Readers refuse another
 * major version.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { canonicalJson } from './canonical-json.ts'
import { reportPage } from './page/page.ts'
import { type Report, reportSchema, reportVersion } from './report.ts'

export interface WrittenReport {
  readonly json: string
  readonly html: string
}

/** Throws the file system's error. */
export function writeReport(report: Report, folder: string): WrittenReport {
  mkdirSync(folder, { recursive: true })
  const files = { json: join(folder, 'report.json'), html: join(folder, 'report.html') }
  writeFileSync(files.json, canonicalJson(report))
  writeFileSync(files.html, reportPage(report))
  return files
}

export type ReadReport =
  | { readonly ok: true; readonly report: Report }
  | { readonly ok: false; readonly message: string }

export function readReport(path: string): ReadReport {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const words: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' }
    return { ok: false, message: `${path}: ${words[code ?? ''] ?? `it is no JSON: ${message}`}` }
  }
  const version = (value as { schema?: unknown } | null)?.schema
  if (version !== reportVersion) {
    const found = typeof version === 'string' ? version : 'no report'
    return { ok: false, message: `${path}: ${found}; this program reads ${reportVersion}` }
  }
  const parsed = v.safeParse(reportSchema, value)
  if (parsed.success) return { ok: true, report: parsed.output }
  const [issue] = parsed.issues
  return { ok: false, message: `${path}: ${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}` }
}
