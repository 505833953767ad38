/**
 * Loads uWebSockets.js: the published binary where it loads, else the copy that `bin/repair-uws.mjs` made for an older
 * glibc, else a reason why there is none. What then serves WebSocket instead is decided by the caller.
 *
 * The package's own JavaScript is passed over, because it knows only the published path; all that it adds are classes
 * that are not used here.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { UwsModule } from './uws-types.ts'

interface RepairScript {
  uwsPaths(): { published: string; repaired: string }
  repairUws(): unknown
}

const load = createRequire(import.meta.url)

/** Cheap to call again: Node keeps what it has loaded. Each thread has to call it for itself. */
export function loadUws(): UwsModule | { reason: string } {
  try {
    const script = load(repairScriptPath()) as RepairScript
    const { published, repaired } = script.uwsPaths()
    if (!existsSync(published))
      return { reason: `there is no binary for ${process.platform} on Node ${process.version}` }
    try {
      return load(published) as UwsModule
    } catch (error) {
      // Only Linux binaries are repaired, and the loader's first complaint tells more than the repair's.
      if (process.platform !== 'linux') throw error
    }
    // Absent when install scripts are off.
    if (!existsSync(repaired)) script.repairUws()
    return load(repaired) as UwsModule
  } catch (error) {
    return { reason: error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error) }
  }
}

/** `bin/` is three folders up in the sources and four in `dist/`. */
function repairScriptPath(): string {
  const inSources = join(import.meta.dirname, '../../../bin/repair-uws.mjs')
  return existsSync(inSources) ? inSources : join(import.meta.dirname, '../../../../bin/repair-uws.mjs')
}
