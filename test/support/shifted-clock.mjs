/**
 * Loaded before our program (`NODE_OPTIONS=--import`): the system's clock is wrong by `SHIFT_MS`.
 */
const shiftMs = Number(process.env.SHIFT_MS ?? 0)
const realNow = Date.now.bind(Date)
const now = () => realNow() + shiftMs

globalThis.Date = new Proxy(Date, {
  construct: (target, given) => Reflect.construct(target, given.length === 0 ? [now()] : given),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
})
