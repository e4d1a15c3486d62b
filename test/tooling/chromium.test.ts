import { describe, expect, it } from 'vitest'
import { findChromium, type Machine } from '../e2e/chromium.ts'

const own = '/playwright/chrome'

function machine(files: string[], env: Record<string, string> = { PATH: '/usr/local/bin:/usr/bin' }): Machine {
  return { env, playwright: own, isExecutable: (path) => files.includes(path) }
}

describe('the search for a Chromium', () => {
  it('takes the wish before everything else', () => {
    const files = [own, '/usr/bin/chromium', '/opt/mine']
    expect(findChromium(machine(files, { CHROMIUM_PATH: '/opt/mine', PATH: '/usr/bin' }))).toBe('/opt/mine')
  })

  it('refuses a wish that cannot be run, rather than taking another', () => {
    const wrong = machine([own], { CHROMIUM_PATH: '/opt/mine' })
    expect(() => findChromium(wrong)).toThrow('CHROMIUM_PATH is "/opt/mine", which is no executable file')
  })

  it("takes Playwright's own before the system's", () => {
    expect(findChromium(machine(['/usr/bin/chromium', own]))).toBe(own)
  })

  it.each(['/usr/bin/chromium', '/usr/local/bin/chromium-browser', '/usr/bin/google-chrome'])('finds %s', (path) => {
    expect(findChromium(machine([path]))).toBe(path)
  })

  it('finds an application of macOS', () => {
    const path = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
    expect(findChromium(machine([path]))).toBe(path)
  })

  it('says that there is none', () => {
    expect(findChromium(machine([]))).toBeUndefined()
  })
})
