/**
 * The commented sample (`meridian config sample`) and the effective configuration with origins (`config print`).
 */
import type { Origin } from './config-error.ts'
import { formatOrigin } from './config-error.ts'
import { expected } from './explain.ts'
import type { KeyFacts } from './key.ts'
import type { Config } from './schema.ts'
import type { GroupNode, KeyNode } from './tree.ts'
import { keyTree } from './tree.ts'

/** Shown in place of a secret that is set. */
export const secretMask = '(set)'

/** Every key with its default, commented out: what differs from the defaults is what stands there without a #. */
export function sampleYaml(chosen: ReadonlyMap<string, unknown> = new Map()): string {
  const lines = [
    '# Configuration of Meridian. Each key shows its default; remove the # in front of a key to change it.',
  ]
  for (const [name, node] of keyTree.keys) {
    lines.push('', `# ${(node as GroupNode).why}`, `${name}:`)
    lines.push(...sampleKeys(node as GroupNode, name, '  ', chosen))
  }
  return `${lines.join('\n')}\n`
}

function sampleKeys(group: GroupNode, path: string, indent: string, chosen: ReadonlyMap<string, unknown>): string[] {
  return [...group.keys].flatMap(([key, node]) => {
    const below = `${path}.${key}`
    if (node.type === 'group') return [`${indent}${key}:`, ...sampleKeys(node, below, `${indent}  `, chosen)]
    const { facts } = node
    const comment = `${indent}## ${facts.why} (${factsText(facts)})`
    if (chosen.has(below)) return [comment, `${indent}${key}:${yamlValue(chosen.get(below), indent)}`]
    return [comment, `${indent}#${key}:${yamlValue(facts.defaultValue, `${indent}#`)}`]
  })
}

/** `a whole number from 60 to 86400 (seconds); live` */
export function factsText(facts: KeyFacts): string {
  return `${expected(facts)}; ${facts.reload}`
}

/** The whole configuration as it is in force; with origins, each line ends with where its value was written. */
export function effectiveYaml(config: Config, origins: ReadonlyMap<string, Origin> | null): string {
  const lines: string[] = []
  for (const [name, node] of keyTree.keys) {
    lines.push(`${name}:`, ...effectiveKeys(node as GroupNode, config[name as keyof Config], name, '  ', origins))
  }
  return `${lines.join('\n')}\n`
}

function effectiveKeys(
  group: GroupNode,
  values: object,
  path: string,
  indent: string,
  origins: ReadonlyMap<string, Origin> | null,
): string[] {
  return [...group.keys].flatMap(([key, node]) => {
    const value = (values as Record<string, unknown>)[key]
    const below = `${path}.${key}`
    if (node.type === 'group')
      return [`${indent}${key}:`, ...effectiveKeys(node, value as object, below, `${indent}  `, origins)]
    const [first, ...rest] = `${indent}${key}:${yamlValue(maskSecret(node, value), indent)}`.split('\n')
    const origin = origins?.get(below)
    return [origin ? `${first}  # ${formatOrigin(origin)}` : first!, ...rest]
  })
}

/** The same values with every secret masked. */
export function maskedConfig(config: Config): Record<string, unknown> {
  return maskedGroup(keyTree, config)
}

function maskedGroup(group: GroupNode, values: object): Record<string, unknown> {
  const masked = [...group.keys].map(([key, node]) => {
    const value = (values as Record<string, unknown>)[key]
    return [key, node.type === 'group' ? maskedGroup(node, value as object) : maskSecret(node, value)] as const
  })
  return Object.fromEntries(masked)
}

function maskSecret(node: KeyNode, value: unknown): unknown {
  return node.type !== 'group' && node.facts.secret && value !== null ? secretMask : value
}

/** With its leading blank or line break; entries of a list of groups stand one a line. */
function yamlValue(value: unknown, indent: string): string {
  if (!Array.isArray(value)) return ` ${yamlScalar(value)}`
  if (value.length === 0) return ' []'
  return value.map((item) => `\n${indent}  - ${yamlItem(item)}`).join('')
}

function yamlItem(item: unknown): string {
  if (typeof item !== 'object' || item === null) return yamlScalar(item)
  return `{ ${Object.entries(item)
    .map(([key, value]) => `${key}: ${yamlScalar(value)}`)
    .join(', ')} }`
}

/** JSON's quoting is YAML's; words that cannot be read as anything else go without. */
export function yamlScalar(value: unknown): string {
  if (typeof value !== 'string') return String(value)
  const isPlainWord = /^[A-Za-z./][\w./-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off)$/i.test(value)
  return isPlainWord ? value : JSON.stringify(value).replaceAll('${', '$${')
}
