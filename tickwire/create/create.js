#!/usr/bin/env node
// `npm create tickwire my-game`: copies the template. Plain JavaScript without dependencies: npm fetches it for this one call.
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const template = fileURLToPath(new URL('template', import.meta.url))
const usage = `Usage: npm create tickwire <folder>

Makes a small multiplayer game in a new or empty folder ("." is this one): server, page, test, production build.`
const own = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

try {
  const options = { help: { type: /** @type {const} */ ('boolean'), short: 'h' } }
  const { positionals, values } = parseArgs({ allowPositionals: true, options })
  if (values.help) console.log(usage)
  else if (positionals.length === 1) create(resolve(positionals[0] ?? ''))
  else fail(usage)
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}

/** @param {string} folder */
function create(folder) {
  const name = packageName(basename(folder))
  // A fresh clone of an empty repository is a place to begin, too.
  const found = existsSync(folder) ? readdirSync(folder).filter((file) => file !== '.git') : []
  if (found.length > 0) fail(`${folder} is not empty; choose another folder`)
  cpSync(template, folder, { recursive: true })
  // npm leaves files of these names out of packages, or reads them as its own.
  renameSync(join(folder, '_gitignore'), join(folder, '.gitignore'))
  const manifest = JSON.parse(readFileSync(join(folder, '_package.json'), 'utf8'))
  renameSync(join(folder, '_package.json'), join(folder, 'package.json'))
  manifest.name = name
  // The template fits the release that it came with.
  manifest.dependencies.tickwire = `^${own.version}`
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const place = relative(process.cwd(), folder) || '.'
  console.log(`\n  ${name} is in ${place}. Two commands, and it runs:\n`)
  const quoted = place.includes(' ') ? `"${place}"` : place
  console.log(`    ${place === '.' ? '' : `cd ${quoted} && `}npm install\n    npm start\n`)
}

/** @param {string} text */
function packageName(text) {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  if (name === '') fail(`"${text}" is no name for a package; use letters, digits and dashes`)
  return name
}

/**
 * @param {string} text
 * @returns {never}
 */
function fail(text) {
  console.error(text)
  process.exit(1)
}
