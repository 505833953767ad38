/**
 * Work on an environment in a process of its own: LMDB answers many damaged pages with `abort()` or a segmentation
 * fault, which must cost a child and neither a start, nor a restore, nor a server; and the administrator must read why.
 * What the child does is its script's matter: it prints one JSON object.
 */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export type ChildFault = { readonly ok: false; readonly detail: string }

/** `script` beside this file, without its extension. Resolves with what it printed, or with how it ended. */
export async function inChildProcess<T>(script: string, args: readonly string[]): Promise<T | ChildFault> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const path = fileURLToPath(new URL(`./${script}${extension}`, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], {
    // No flags of ours: an inspector's port, for one, can be had only once.
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<string | null>((resolve) => {
    child.once('close', (status, signal) => resolve(status === 0 ? null : `reading it ends with ${signal ?? status}`))
    child.once('error', (error) => resolve(`it cannot be examined: ${error.message}`))
  })
  const [fault, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  if (fault === null) return JSON.parse(stdout) as T
  // What lmdb said before it ended the process, without the stack that Node prints behind it.
  const said = stderr.split('\n').find((line) => /assert|error/i.test(line))
  return { ok: false, detail: said === undefined ? fault : `${fault}: ${said.trim().slice(0, 200)}` }
}
