import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { tickwire } from '../tickwire/cli/command.ts'
import { allowSlowMachines } from '../scenarios/seams.ts'
import { expectLinks } from './snippets.ts'

const PAGE = 'docs/guide/command-line.md'
const page = readFileSync(new URL(`../../${PAGE}`, import.meta.url), 'utf8')

allowSlowMachines()

/** The options in a text, as `--name`. */
const optionsIn = (text: string): Set<string> => new Set(text.match(/--[a-z][a-z-]*/g))

/** What the page says of a command. */
function sectionOf(command: string): string {
  return page.split('\n## ').find((section) => section.startsWith(`\`tickwire ${command}\``))!
}

describe('docs/guide/command-line.md', () => {
  it('links only to files that exist', () => expectLinks(PAGE))

  it.each(['bots', 'inspect', 'proxy', 'replay'])('names all options of %s, and none that there is not', (command) => {
    const { stdout } = tickwire(command, '--help')
    const real = optionsIn(stdout.split('\nOptions:')[1]!.split('\nExample')[0]!)
    const named = optionsIn(sectionOf(command))
    expect([...named].filter((option) => !real.has(option))).toEqual([])
    expect([...real].filter((option) => !named.has(option) && option !== '--help')).toEqual([])
  })
})
