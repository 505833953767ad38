/**
 * How each file looks, in this repository, and each check of that on a planted breach.
 */
import { describe, expect, it } from 'vitest'
import { linesOf, plant } from './plant.ts'
import { blankTexts, functionSpans } from './rules/code-text.ts'
import {
  checkDefaultExports,
  checkFileLength,
  checkFunctionLength,
  checkHeaders,
  checkLineLength,
  checkOpenWork,
  checkSuppressions,
  checkWorkerLength,
} from './rules/text.ts'
import { readCode } from './sources.ts'
import { DEFAULT_EXPORTS, LONG_FILES, LONG_FUNCTIONS, LONG_LINES, OPEN_WORK_MARKS, SUPPRESSIONS } from './tables.ts'

const code = readCode()
const one = (text: string) => plant({ 'src/edge/flow.ts': text })

describe('the header', () => {
  it('is there', () => expect(checkHeaders(code)).toEqual([]))

  it.each([
    ['absent', "import './x.ts'\n/** Too late to be a header of it. */"],
    ['empty', '/** */\nx()'],
    ['no sentence', '/** flow */\nx()'],
  ])('is missed when it is %s', (_, text) => expect(checkHeaders(one(text))).toHaveLength(1))

  it('may stand behind a shebang, and be of either kind', () => {
    expect(checkHeaders(one('#!/usr/bin/env node\n// One way to a device.\nx()'))).toEqual([])
    expect(checkHeaders(one('/**\n * One way to a device.\n */\nx()'))).toEqual([])
  })
})

describe('lines', () => {
  it('are at most 120 characters', () => expect(checkLineLength(code, LONG_LINES)).toEqual([]))

  it('are counted', () => {
    expect(checkLineLength(one(`${'x'.repeat(120)}\n`), {})).toEqual([])
    expect(checkLineLength(one(`\n${'x'.repeat(121)}`), {})).toEqual([
      'src/edge/flow.ts:2: 121 characters, the limit is 120',
    ])
  })
})

describe('files', () => {
  it('are at most 400 lines', () => expect(checkFileLength(code, LONG_FILES)).toEqual([]))

  it('are measured', () => {
    expect(checkFileLength(one(linesOf(400)), {})).toEqual([])
    expect(checkFileLength(one(linesOf(401)), {})).toHaveLength(1)
    expect(checkFileLength(one(linesOf(401)), { 'src/edge/flow.ts': 'planted' })).toEqual([])
  })

  it('of workers are under 60 lines', () => {
    expect(checkWorkerLength(code)).toEqual([])
    expect(checkWorkerLength(plant({ 'workers/shard.ts': linesOf(59) }))).toEqual([])
    expect(checkWorkerLength(plant({ 'workers/shard.ts': linesOf(60) }))).toHaveLength(1)
  })

  it('have no default export', () => {
    expect(checkDefaultExports(code, DEFAULT_EXPORTS)).toEqual([])
    expect(checkDefaultExports(one('export default class {}'), {})).toHaveLength(1)
    expect(checkDefaultExports(one('export { a as default }'), {})).toHaveLength(1)
    expect(checkDefaultExports(one('// export default is banned'), {})).toEqual([])
  })

  it('switch no rule off in place', () => {
    expect(checkSuppressions(code, SUPPRESSIONS)).toEqual([])
    expect(checkSuppressions(one('// biome-ignore lint: planted'), {})).toHaveLength(1)
  })
})

describe('open work', () => {
  it('has an issue', () => expect(checkOpenWork(code, OPEN_WORK_MARKS)).toEqual([]))

  it.each(['// TODO later', '// TODO(me) later', '// FIXME(#1) later'])('is refused as "%s"', (text) => {
    expect(checkOpenWork(one(text), {})).toHaveLength(1)
  })

  it('is accepted with its number', () => expect(checkOpenWork(one('// TODO(#12): links too'), {})).toEqual([]))
})

describe('functions', () => {
  const body = (lines: number) => linesOf(lines - 2, '  x()')

  it('are at most 60 lines, known ones apart, which only shrink', () => {
    expect(checkFunctionLength(code, LONG_FUNCTIONS)).toEqual([])
  })

  it.each([
    ['function', 'function relay(a: A) {', '}', 'relay'],
    ['generic function with a typed result', 'function relay<A, B>(a: A): { b: B } {', '}', 'relay'],
    ['arrow function', 'const relay = (a: A) => {', '}', 'relay'],
    ['method', 'class Flow { #relay(a: () => void): void {', '}}', '#relay'],
    ['callback', "flow.on('data', (a) => {", '})', 'anonymous'],
  ])('are measured when a %s', (_, start, end, name) => {
    expect(checkFunctionLength(one(`${start}\n${body(60)}${end}`), {})).toEqual([])
    expect(checkFunctionLength(one(`${start}\n${body(61)}${end}`), {}).join()).toContain(
      `flow.ts#${name}: 61 lines, the limit is 60`,
    )
  })

  it('may be as long as their row says, which must follow them down', () => {
    const files = one(`function relay() {\n${body(70)}}`)
    expect(checkFunctionLength(files, { 'src/edge/flow.ts#relay': 70 })).toEqual([])
    expect(checkFunctionLength(files, { 'src/edge/flow.ts#relay': 69 }).join()).toContain('the limit is 69')
    expect(checkFunctionLength(files, { 'src/edge/flow.ts#relay': 71 }).join()).toContain('lower its row')
    expect(checkFunctionLength(one(''), { 'src/edge/flow.ts#relay': 71 }).join()).toContain('delete its row')
  })

  it('are told from other braces', () => {
    const text =
      'if (a) {\n}\nfor (const b of c(d)) {\n}\ninterface E {\n}\nconst f = { g: { h: 1 } }\ntry {\n} catch (i) {\n}'
    expect(functionSpans(text)).toEqual([])
  })
})

describe('the scanner', () => {
  it.each([
    ["a('}') // }", "a(' ')     "],
    ['a(/[/}]"/) + "}"', 'a(       ) + " "'],
    ['a / b / c', 'a / b / c'],
    ['`x\x24{`y\x24{z}`}w` + {}', '` \x24{` \x24{z}`} ` + {}'],
    ['/* a\n b */ c', '    \n      c'],
  ])('blanks %s', (text, blanked) => expect(blankTexts(text)).toBe(blanked))
})
