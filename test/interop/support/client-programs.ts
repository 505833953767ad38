/**
 * Which clients this machine has. Without one its tests are skipped, or fail where MERIDIAN_INTEROP=all promises that
 * `install-clients.sh` has run.
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'vitest'

export function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))
}

export function describeClient(programs: readonly string[], title: string, tests: () => void): void {
  const absent = programs.filter((program) => !(program.startsWith('/') ? existsSync(program) : isInstalled(program)))
  if (absent.length === 0) describe(title, tests)
  else if (process.env.MERIDIAN_INTEROP === 'all') {
    it(`${title}: is installed`, () => {
      throw new Error(`not installed: ${absent.join(', ')}; run test/interop/install-clients.sh`)
    })
  } else describe.skip(`${title} (not installed: ${absent.join(', ')})`, tests)
}
