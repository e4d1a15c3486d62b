// Once for all tests of packages: builds them, and packs them as a release would.
import { rmSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { packInto } from '../../scripts/tarballs.ts'
import { newFolder } from './outside.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What is published: the tarballs' paths by folder. */
    tarballs: Readonly<Record<string, string>>
  }
}

export default function setup(project: TestProject): () => void {
  const folder = newFolder()
  project.provide('tarballs', packInto(folder))
  return () => rmSync(folder, { recursive: true })
}
