/**
 * Loaded before our program (`NODE_OPTIONS=--import`): it runs with the rights of nobody.
 */
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.setegid?.(65_534)
  process.seteuid?.(65_534)
}
