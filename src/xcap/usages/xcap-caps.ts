/**
 * What this server can (RFC 4825 §12): usages and namespaces, in a document of the global tree that nobody writes.
 */
import { encodeText } from '../markup.ts'
import type { ApplicationUsage } from './usage.ts'

const xcapCapsNamespace = 'urn:ietf:params:xml:ns:xcap-caps'
const xcapErrorNamespace = 'urn:ietf:params:xml:ns:xcap-error'

export const xcapCaps: ApplicationUsage = {
  auid: 'xcap-caps',
  aliases: [],
  contentType: 'application/xcap-caps+xml',
  defaultNamespace: xcapCapsNamespace,
  namespaces: [xcapCapsNamespace, xcapErrorNamespace],
  rfcs: ['4825'],
  validate: () => ({ kind: 'constraint-failure', phrase: 'capabilities are the server’s and no user’s' }),
}

export function capabilities(usages: readonly ApplicationUsage[]): string {
  const auids = usages.flatMap(({ auid, aliases }) => [auid, ...aliases])
  const namespaces = usages.flatMap((usage) => usage.namespaces)
  const lines = (name: string, values: readonly string[]) =>
    values.map((value) => `    <${name}>${encodeText(value)}</${name}>\n`).join('')
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<xcap-caps xmlns="${xcapCapsNamespace}">`,
    `  <auids>\n${lines('auid', auids)}  </auids>`,
    '  <extensions/>',
    `  <namespaces>\n${lines('namespace', namespaces)}  </namespaces>`,
    '</xcap-caps>',
    '',
  ].join('\n')
}
