/**
 * Devices with a secret of their own, for administrators: listed and revoked by the shard of their user.
 */
import type { AdminReply, AdminRequest } from '../../ports/admin.ts'
import type { DeviceBook, DeviceList, DevicesBackend } from '../acts/devices-acts.ts'
import type { AdminPorts } from '../ports.ts'
import { type AdminResult, denied, granted } from '../result.ts'

type Acted = AdminReply & { readonly ok: true }
type Act = (user: string, request: AdminRequest) => Promise<AdminResult<Acted>>

/** `act`: audited, by any name of the user. */
export function createDevicesBackend({ devices }: Pick<AdminPorts, 'devices'>, act: Act): DevicesBackend {
  return {
    list: async (user) => listed(await act(user, { act: 'show' })),
    revoke: async (user, device) => listed(await act(user, { act: 'remove-device', device: device.toLowerCase() })),
    enrol: (user, password, device) => devices.enrol(user, password, device),
  }
}

function listed(result: AdminResult<Acted>): AdminResult<DeviceList> {
  if (!result.ok) return result
  const { account, credentials } = result.value
  const devices = credentials.map(({ device, userName, createdMs }) => {
    return { device, userName, enrolledAt: new Date(createdMs).toISOString() }
  })
  return granted({ aor: account?.aor ?? '', devices }, result.warnings)
}

/** Enrolment without a server: whoever has the password needs one that checks it. */
export const devicesNeedServer: DeviceBook = {
  enrol: async () =>
    denied('unavailable', 'the server does not run; start it (`meridian serve`), devices are enrolled while it does'),
}
