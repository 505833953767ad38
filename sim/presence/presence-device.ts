/**
 * Presence on a simulated device: what it publishes and whom it watches, told of the device's life.
 */
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import type { Device, DeviceCompanion } from '../model/device.ts'
import { type PresenceParts, PublishingDevice } from './publishing-device.ts'
import { WatchingDevice } from './watching-device.ts'

export class PresenceDevice implements DeviceCompanion {
  readonly device: Device
  readonly publishing: PublishingDevice
  readonly watching: WatchingDevice
  #isNewLink = true

  constructor(device: Device, parts: PresenceParts) {
    this.device = device
    this.publishing = new PublishingDevice(device, parts)
    this.watching = new WatchingDevice(device, parts)
    device.join(this)
  }

  get isIdle(): boolean {
    return this.publishing.isIdle && this.watching.isIdle
  }

  onRegistered(): void {
    const isNewLink = this.#isNewLink
    this.#isNewLink = false
    this.publishing.onRegistered(isNewLink)
    this.watching.onRegistered(isNewLink)
  }

  onUnlinked(): void {
    this.#isNewLink = true
  }

  onRequest(request: SipMessage, respond: (status: number) => void): boolean {
    if (request.method !== 'NOTIFY') return false
    this.watching.onNotify(request, respond)
    return true
  }
}
