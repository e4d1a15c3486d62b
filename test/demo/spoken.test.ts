import { expect, it } from 'vitest'
import { spoken } from '../../demo/server/spoken.ts'

it.each([
  ['  Ada  ', 'Ada'],
  ['A\n\td\u0000a', 'A d a'],
  ['Ada\u202Eevil', 'Ada evil'],
  ['\u200B \u00A0', ''],
  ['0123456789', '01234567'],
  ['🚀🚀🚀🚀🚀🚀🚀🚀🚀', '🚀🚀🚀🚀🚀🚀🚀🚀'],
  ['1234567 9', '1234567'],
])('shows %j as %j with room for eight letters', (typed, shown) => {
  expect(spoken(typed, 8)).toBe(shown)
})
