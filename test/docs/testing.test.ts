import { describe, it } from 'vitest'
import { expectCompiled, expectLinks } from './snippets.ts'

describe('docs/guide/testing.md', () => {
  it('shows only code that is compiled and run', () => expectCompiled('docs/guide/testing.md', './testing'))
  it('links only to files that exist', () => expectLinks('docs/guide/testing.md'))
})
