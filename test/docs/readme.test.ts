import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

describe('README', () => {
  it.each(['shared', 'server', 'client'])('shows %s.ts exactly as the package test compiles and plays it', (name) => {
    expect(read('README.md')).toContain(`\`\`\`ts\n${read(`test/package/fixture/${name}.ts`)}\`\`\``)
  })

  it('links only to files that exist', () => {
    const links = [...read('README.md').matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path!)
    expect(links.length).toBeGreaterThan(5)
    for (const path of links) expect(() => read(path), path).not.toThrow()
  })
})
