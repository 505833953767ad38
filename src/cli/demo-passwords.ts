/**
 * The passwords of the demo accounts, in the data folder: a first start without a configuration writes them, so that
 * `meridian chat alice` on the same machine just works. For their owner only, and never written for other accounts.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DataPaths } from '../config/index.ts'

export function demoPasswordsFile({ secrets }: DataPaths): string {
  return join(secrets, 'demo-passwords.json')
}

/** `passwords`: by AOR. Null when written, else why not: a demo goes on without. */
export function storeDemoPasswords(paths: DataPaths, passwords: ReadonlyMap<string, string>): string | null {
  const file = demoPasswordsFile(paths)
  try {
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(passwords), null, 2)}\n`, { mode: 0o600 })
    return null
  } catch (error) {
    return `cannot write ${file}: ${(error as NodeJS.ErrnoException).code ?? error}`
  }
}

/** Null for an account that is no demo account, or not of this machine. */
export function readDemoPassword(paths: DataPaths, aor: string): string | null {
  try {
    const password = (JSON.parse(readFileSync(demoPasswordsFile(paths), 'utf8')) as Record<string, unknown>)[aor]
    return typeof password === 'string' ? password : null
  } catch {
    return null
  }
}
