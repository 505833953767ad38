/**
 * Registrar and location (RFC 3261 §10, 5626, 5627): bindings, devices, REGISTER, and where a user can be reached.
 * Others see devices only through what is named here.
 */
export type { Binding } from './binding.ts'
export {
  type BindingEvent,
  type BindingListener,
  type Device,
  type DeviceListener,
  type Devices,
  devicesOn,
} from './device.ts'
export { type Addressee, addresseeOf, isGruu, mayHaveGruu, publicGruu } from './gruu.ts'
export { LocationService } from './location-service.ts'
export { ownUri } from './own-uri.ts'
export { httpDate } from './register-answer.ts'
export { Registrar } from './registrar-service.ts'
export type { RegistrarSettings } from './settings.ts'
export { streamsFirst, wholeDatagramRequestBytesMax } from './streams-first.ts'
