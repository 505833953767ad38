/**
 * The version of this product, from its package.json: two folders up as sources, three when built into `dist/`.
 */
import { readFileSync } from 'node:fs'

export function productVersion(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      const text = readFileSync(new URL(place, import.meta.url), 'utf8')
      const { name, version } = JSON.parse(text) as { name?: string; version?: string }
      if (name === 'meridian' && version) return version
    } catch {
      // Not there: the other place has it.
    }
  }
  return '0.0.0'
}
