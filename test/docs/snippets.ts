import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Without indentation: a snippet may show the middle of a function. */
const plain = (code: string): string => code.replaceAll(/^ +/gm, '')

/** A page of the guide shows only code that stands in a folder beside the tests, where it is compiled and played. */
export function expectCompiled(page: string, folder: string): void {
  const sources = readdirSync(new URL(folder, import.meta.url)).map((name) =>
    plain(readFileSync(new URL(`${folder}/${name}`, import.meta.url), 'utf8')),
  )
  const snippets = [...read(page).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => plain(code!))
  expect(snippets.length).toBeGreaterThan(0)
  const strays = snippets.filter((snippet) => !sources.some((source) => source.includes(snippet)))
  expect(strays).toEqual([])
}

/** It links only to files that exist. */
export function expectLinks(page: string): void {
  const links = [...read(page).matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path!)
  expect(links.length).toBeGreaterThan(0)
  for (const path of links) expect(() => readFileSync(new URL(path, urlOf(page))), path).not.toThrow(/ENOENT/)
}

/** @param page as from the root of the repository: `'docs/guide/replay.md'` */
const urlOf = (page: string): URL => new URL(`../../${page}`, import.meta.url)
const read = (page: string): string => readFileSync(urlOf(page), 'utf8')
