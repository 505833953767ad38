/**
 * A small file system of its own, for tests of full disks. Needs root; where that is missing the test says so and is
 * skipped.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** The mount point, or null with the reason on stderr. Unmounted after the test file. */
export function mountTmpfs(megabytes: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-tmpfs-'))
  mkdirSync(folder, { recursive: true })
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], {
    encoding: 'utf8',
  })
  afterAll(() => {
    if (status === 0) spawnSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  if (status === 0) return folder
  process.stderr.write(
    `full-disk tests skipped: mounting a tmpfs needs root (${stderr?.trim() ?? 'no mount command'})\n`,
  )
  return null
}
