/**
 * What a test does not ask for of what the admin backend stands on: no store, no server, tokens in a file of its own.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AdminPorts, backupBook, granted, TokenFile, withoutServer } from '../../src/admin/index.ts'

const nothing = async () => granted(null as never)

/** `folder`: where tokens and backups go; without one neither may be used. */
export function adminPorts(ports: Partial<AdminPorts> & Pick<AdminPorts, 'accounts'>, folder?: string): AdminPorts {
  const now = ports.now ?? Date.now
  return {
    realm: 'example.test',
    domains: ['example.test'],
    ...withoutServer,
    store: { backup: nothing, stats: nothing, check: nothing, show: nothing },
    backups: backupBook(() => ({ dataFolder: folder ?? '', folder: join(folder ?? '', 'backups') })),
    tokens: tokensIn(folder ?? join(tmpdir(), 'no-such-folder'), now),
    audit: { append: async () => undefined },
    now,
    health: async () => ({ ready: true, checks: [] }),
    metricsText: async () => '# HELP a A.\n',
    ...ports,
  }
}

export function tokensIn(folder: string, now: () => number): TokenFile {
  const opened = TokenFile.open(join(folder, 'admin-tokens.json'), now)
  if (!opened.ok) throw new Error(opened.message)
  return opened.tokens
}
