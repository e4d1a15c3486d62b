import { expect, it } from 'vitest'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const packages = ['@tickwire/protocol', '@tickwire/protocol/internal', '@tickwire/sdk', '@tickwire/server']

it.each(packages)('%s resolves to its source, so that no test needs a build', (name) => {
  const file = fileURLToPath(import.meta.resolve(name))
  expect(file).toMatch(/src\/\w+\.ts$/)
  expect(existsSync(file)).toBe(true)
})
