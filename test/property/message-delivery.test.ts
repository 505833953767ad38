/**
 * Random lives of a recipient with three devices: sends, answers, losses, failed batches and crashes. Whatever happens,
 * what was acknowledged arrives (P1), in order per sender and device, and twice only where nobody can know (P3).
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyOf, MessagingWorld } from '../support/messaging-world.ts'

const senders = ['alice', 'carol'] as const
const lasting = ['desk', 'phone'] as const
const devices = [...lasting, 'visitor'] as const
type DeviceName = (typeof devices)[number]

type Step =
  | { act: 'send'; from: number }
  | { act: 'answer'; device: number; pick: number; status: number }
  | { act: 'lose'; device: number; hadIt: boolean }
  | { act: 'silence'; device: number; pick: number; hadIt: boolean }
  | { act: 'sign-in'; device: number; lostFirst: boolean }
  | { act: 'advance'; ms: number }
  | { act: 'hold-flush'; on: boolean }
  | { act: 'fail-batch' }
  | { act: 'crash'; hadThem: boolean }

const device = fc.nat({ max: devices.length - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ act: fc.constant('send' as const), from: fc.nat({ max: 1 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      act: fc.constant('answer' as const),
      device,
      pick: fc.nat({ max: 3 }),
      status: fc.constantFrom(200, 200, 200, 202, 480, 486, 500, 415, 482),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('lose' as const), device, hadIt: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('silence' as const),
      device,
      pick: fc.nat({ max: 3 }),
      hadIt: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('sign-in' as const), device, lostFirst: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('advance' as const), ms: fc.constantFrom(5, 50, 900, 5_100, 40_000) }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('hold-flush' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('fail-batch' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('crash' as const), hadThem: fc.boolean() }) },
)

/** The world, and what its devices have seen. */
class Life {
  world!: MessagingWorld
  readonly sent = new Map<string, number>()
  readonly received = new Map<DeviceName, string[]>(devices.map((name) => [name, []]))
  /** Device and text of what may come again: nobody knows whether the server knows. */
  readonly inDoubt = new Set<string>()
  readonly refused = new Set<string>()
  /** Answered 482 by a device. */
  readonly hadAlready = new Set<string>()
  /** Sent before a crash: the sender's flow went with the server. */
  readonly unanswerable = new Set<string>()
  /** Taken since the last time when everything was flushed. */
  #unflushed: string[] = []
  #count = 0

  async start(): Promise<void> {
    this.world = await MessagingWorld.start({ requestsPerSecond: 0 })
    for (const name of lasting) this.world.device('bob', name, { online: false })
  }

  async take(step: Step): Promise<void> {
    const { world } = this
    switch (step.act) {
      case 'send': {
        const text = `${senders[step.from]} ${++this.#count}`
        this.sent.set(text, await world.send(senders[step.from] as string, 'bob', text))
        break
      }
      case 'answer':
        await this.answer(devices[step.device] as DeviceName, step.pick, step.status)
        break
      case 'lose':
        await this.lose(devices[step.device] as DeviceName, step.hadIt)
        break
      case 'silence':
        await this.silence(devices[step.device] as DeviceName, step.pick, step.hadIt)
        break
      case 'sign-in':
        await this.signIn(devices[step.device] as DeviceName, step.lostFirst)
        break
      case 'advance':
        await this.pass(step.ms)
        break
      case 'hold-flush':
        world.autoFlush = !step.on
        await world.settle()
        break
      case 'fail-batch':
        world.store.failNext('failed')
        break
      case 'crash':
        await this.crash(step.hadThem)
        break
    }
    if (world.store.disk.pendingCount === 0) this.#unflushed = []
  }

  async answer(name: DeviceName, pick: number, status: number): Promise<void> {
    const texts = this.world.onTheWayTo(name)
    const text = texts[pick % Math.max(1, texts.length)]
    if (text === undefined) return
    if (status < 300) this.receive(name, text)
    if (status < 300 || status === 482 || status === 415) this.#unflushed.push(`${name} ${text}`)
    if (status === 415 || status === 482) this.refused.add(`${name} ${text}`)
    if (status === 482) this.hadAlready.add(text)
    await this.world.answer(name, status, text)
  }

  /** Time passes; an edge reports silence after 32 s. */
  async pass(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
      await this.world.advance(Math.min(leftMs, 1_000))
      for (const forward of this.world.forwards.filter((each) => this.world.ageMs(each) > 32_000)) {
        const name = forward.target.deviceKey as DeviceName
        await this.silence(name, this.world.onTheWayTo(name).indexOf(bodyOf(forward.request)), false)
      }
    }
  }

  receive(name: DeviceName, text: string): void {
    this.received.get(name)?.push(text)
  }

  async silence(name: DeviceName, pick: number, hadIt: boolean): Promise<void> {
    const texts = this.world.onTheWayTo(name)
    const text = texts[pick % Math.max(1, texts.length)]
    if (text === undefined) return
    if (hadIt) this.receive(name, text)
    this.inDoubt.add(`${name} ${text}`)
    await this.world.answer(name, 408, text)
  }

  /** The device's flow breaks under what is on its way. */
  async lose(name: DeviceName, hadThem: boolean): Promise<void> {
    if (!this.isKnown(name)) return
    this.world.signOut(name)
    for (const text of this.world.onTheWayTo(name)) {
      if (hadThem) this.receive(name, text)
      this.inDoubt.add(`${name} ${text}`)
      await this.world.answer(name, 0, text)
    }
    if (name === 'visitor') this.world.forgetDevice(name)
  }

  /** The server has noticed the end of the old flow, or it has not: then it hears of the new one first. */
  async signIn(name: DeviceName, lostFirst = true): Promise<void> {
    if (lostFirst && this.world.onTheWayTo(name).length > 0) await this.lose(name, false)
    for (const text of this.world.onTheWayTo(name)) this.inDoubt.add(`${name} ${text}`)
    this.world.forwards = this.world.forwards.filter(({ target }) => target.deviceKey !== name)
    if (name === 'visitor') {
      // Nobody remembers a device without an instance: each time it is another one.
      if (!this.isKnown(name)) this.world.device('bob', name, { lasting: false, online: false })
    }
    await this.world.signIn(name)
  }

  async crash(hadThem: boolean): Promise<void> {
    for (const { target, request } of this.world.forwards) {
      const name = target.deviceKey as DeviceName
      if (hadThem) this.receive(name, bodyOf(request))
      this.inDoubt.add(`${name} ${bodyOf(request)}`)
    }
    for (const each of this.#unflushed) this.inDoubt.add(each)
    for (const text of this.sent.keys()) this.unanswerable.add(text)
    if (this.isKnown('visitor')) this.world.forgetDevice('visitor')
    this.world = await this.world.crash()
  }

  tookSomewhere(text: string): boolean {
    return devices.some((name) => this.received.get(name)?.includes(text) || this.hadAlready.has(text))
  }

  isKnown(name: DeviceName): boolean {
    return this.world.around.devices.some(({ deviceKey }) => deviceKey === name)
  }

  /** Everybody comes back and takes everything. */
  async calmDown(): Promise<void> {
    this.world.autoFlush = true
    await this.world.settle()
    for (const name of lasting) await this.signIn(name)
    await this.signIn('visitor')
    for (let round = 0; round < 400; round++) {
      for (const name of devices) while (this.world.onTheWayTo(name).length > 0) await this.answer(name, 0, 200)
      await this.world.advance(1_000)
    }
  }
}

function check(life: Life): void {
  const setAside = life.world.records['set-aside'] ?? 0
  for (const [text, number] of life.sent) {
    const status = life.world.statusOf(number)
    if (!life.unanswerable.has(text)) expect(status, `${text} is answered`).not.toBeNull()
    if (status === 200) expect(life.tookSomewhere(text), `${text} was answered 200`).toBe(true)
    if (status !== 200 && status !== 202) continue
    for (const name of lasting) {
      const isExcused = life.refused.has(`${name} ${text}`) || setAside > 0
      if (!isExcused) expect(life.received.get(name), `${name}, answered ${status}`).toContain(text)
    }
  }
  for (const [name, texts] of life.received) {
    const firsts = [...new Set(texts)]
    for (const text of firsts) {
      const times = texts.filter((each) => each === text).length
      if (times > 1) expect(life.inDoubt, `${name} got ${text} ${times} times`).toContain(`${name} ${text}`)
    }
    for (const sender of senders) {
      const numbers = firsts.filter((text) => text.startsWith(sender)).map((text) => Number(text.split(' ')[1]))
      expect(numbers, `order of ${sender} at ${name}`).toEqual([...numbers].sort((a, b) => a - b))
    }
  }
  const { operation: _, 'set-aside': __, ...left } = life.world.records
  expect(left, 'records that nobody needs').toEqual({})
}

test('nothing acknowledged is lost, order holds, repeats are excepted ones (P1, P3)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const life = new Life()
      await life.start()
      for (const each of steps) await life.take(each)
      await life.calmDown()
      check(life)
    }),
    {
      numRuns: Number(process.env.MERIDIAN_RUNS ?? 60),
      ...(process.env.MERIDIAN_SEED ? { seed: Number(process.env.MERIDIAN_SEED) } : {}),
    },
  )
}, 120_000)
