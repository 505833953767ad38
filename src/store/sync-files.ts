/**
 * Makes files and the names of files durable: a rename survives power loss only when its folder was flushed too.
 */
import { open } from 'node:fs/promises'

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  await file.sync().finally(() => file.close())
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}
