/**
 * docs/reference/configuration.md, made from the schema; a test compares it with the file.
 */
import { environmentPrefix } from './environment.ts'
import { expected } from './explain.ts'
import { yamlScalar } from './sample.ts'
import type { GroupNode, KeyDescription } from './tree.ts'
import { describeKeys, keyTree } from './tree.ts'

const head = `# Configuration

<!-- Made from src/config by \`UPDATE_DOCS=1 npx vitest run test/tidy\`; change the schema, not this page. -->

One YAML file, named with \`--config\`; without it \`meridian.yaml\` in the current folder is read if it is there,
else the defaults below are in force. \`meridian config sample\` prints a commented file, \`meridian config check\`
looks for mistakes, \`meridian config print --effective\` shows what is in force and where each value comes from.

* A key that does not exist, or a value that does not fit, is an error with file, line and column, and the server does
  not start.
* \`\${NAME}\` in a value is replaced by the environment variable; \`\${NAME:-text}\` has a fallback, and \`$\${\` is a
  plain \`\${\`.
* \`${environmentPrefix}SECTION__KEY\` in the environment is stronger than the file, for instance
  \`${environmentPrefix}LOG__LEVEL=debug\`. Lists are given as YAML: \`[a, b]\`.
* A secret may be kept in a file of its own: \`privateKeyPassphraseFile: /run/secrets/key\` instead of
  \`privateKeyPassphrase\`.
* Relative files and folders are taken from the folder of the configuration file.
* A running server takes changes over by itself ([live configuration](../live-configuration.md)): *live* keys at once,
  those that say *reconnect* for connections made later, and those that say *restart* when it starts again.
`

export function configurationPage(): string {
  const keys = describeKeys()
  const sections = [...keyTree.keys].map(([name, node]) => {
    const rows = keys.filter((key) => key.path.startsWith(`${name}.`)).map((key) => row(key, name))
    const table = ['| key | value | default | change | why |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')
    return `## ${name}\n\n${(node as GroupNode).why}\n\n${table}\n`
  })
  return [head, ...sections].join('\n')
}

function row(key: KeyDescription, section: string): string {
  const value = key.secret ? `${expected(key)}, secret` : expected(key)
  const cells = [`\`${key.path.slice(section.length + 1)}\``, value, defaultText(key), key.reload, key.why]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function defaultText(key: KeyDescription): string {
  if (key.required) return 'none: must be given'
  const { defaultValue } = key
  if (defaultValue === null) return 'none'
  if (!Array.isArray(defaultValue)) return `\`${yamlScalar(defaultValue)}\``
  return defaultValue.length === 0 ? 'empty' : defaultValue.map(entryText).join('<br>')
}

function entryText(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return `\`${yamlScalar(entry)}\``
  return `\`${Object.values(entry).map(String).join(' ')}\``
}
