/**
 * Whether this process has a controlling terminal. SIGHUP means two things: a terminal that has gone, which the kernel
 * has then taken away already, and `kill -HUP`, which asks a server to read its configuration again.
 */
import { closeSync, openSync } from 'node:fs'

export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
