/**
 * Homes of users for administrators: checks whom and what they mean, asks the user's shard, and writes down what was
 * done. What a move is, is decided in `src/moving/`.
 */
import type { MoveRequest } from '../../ports/move-bus.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { AdoptedUser, MoveBackend, MovedUser } from '../acts/move-acts.ts'
import type { AdminPorts } from '../ports.ts'
import type { AdminResult } from '../result.ts'
import { denied, granted } from '../result.ts'
import { passwordFault, passwordWarnings, readDisplayName, readUserName } from '../user-name.ts'
import { digestSecrets } from './digest-secrets.ts'
import { writeDown } from './write-down.ts'

export function createMoveBackend(ports: AdminPorts): MoveBackend {
  return {
    move: (user, to) => act(ports, user, 'user.moved', [], () => ({ act: 'move', to: to.toLowerCase() })),
    adopt: async (user, as) => {
      const fault = as.password === null ? null : passwordFault(as.password)
      if (fault) return denied('invalid', fault)
      const warnings = as.password === null ? [] : passwordWarnings(as.password)
      return act(ports, user, 'user.adopted', warnings, (aor) => adoption(ports, aor, as))
    },
  }
}

function adoption(ports: AdminPorts, aor: Aor, { displayName, password }: AdoptedUser): MoveRequest {
  const secrets = password === null ? null : digestSecrets(aor, ports.realm, password)
  return { act: 'adopt', displayName: readDisplayName(displayName), secrets }
}

async function act(
  ports: AdminPorts,
  user: string,
  event: string,
  warnings: readonly string[],
  request: (aor: Aor) => MoveRequest,
): Promise<AdminResult<MovedUser>> {
  const named = readUserName(user, ports.domains)
  if (!named.ok) return denied('invalid', named.message)
  const reply = await ports.homes.askMove(named.aor, request(named.aor))
  if (!reply.ok) return denied(reply.error === 'conflict' ? 'exists' : reply.error, reply.message)
  const { ok: _, recordsCount: records, ...moved } = reply
  const detail = `${moved.from} → ${moved.to}, epoch ${moved.epoch}`
  const noted = await writeDown(ports, { event, subject: moved.aor, revokes: false, detail })
  return granted({ ...moved, records }, [...warnings, ...noted])
}
