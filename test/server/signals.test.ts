import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { stopOnSignal } from '../../server/src/signals.ts'
import type { SignalSource } from '../../server/src/signals.ts'
import { settle } from './helpers.ts'

function fakeProcess() {
  const killed: string[] = []
  const emitter = new EventEmitter()
  const source = Object.assign(emitter, {
    pid: 77,
    kill: (pid: number, signal: string) => killed.push(`${pid} ${signal}`),
  })
  return { source: source as unknown as SignalSource, emitter, killed }
}

it.each(['SIGTERM', 'SIGINT'])('%s stops first, then does what it would have done', async (signal) => {
  const { source, emitter, killed } = fakeProcess()
  let finish: () => void = () => {}
  stopOnSignal(source, () => new Promise((resolve) => (finish = resolve)))
  emitter.emit(signal, signal)
  await settle()
  expect(killed).toEqual([])
  finish()
  await settle()
  expect(killed).toEqual([`77 ${signal}`])
})

it('the stop is told which signal it was: a deploy may wait, a person does not', () => {
  const { source, emitter } = fakeProcess()
  const heard: string[] = []
  stopOnSignal(source, (signal) => new Promise(() => heard.push(signal)))
  emitter.emit('SIGTERM', 'SIGTERM')
  expect(heard).toEqual(['SIGTERM'])
})

it('a second signal does not wait', () => {
  const { source, emitter } = fakeProcess()
  let stops = 0
  stopOnSignal(source, () => new Promise(() => stops++))
  emitter.emit('SIGTERM', 'SIGTERM')
  // Nobody listens any more: the platform ends the process.
  expect(emitter.emit('SIGTERM', 'SIGTERM')).toBe(false)
  expect(emitter.emit('SIGINT', 'SIGINT')).toBe(false)
  expect(stops).toBe(1)
})

it('a stop that fails ends the process as well', async () => {
  const { source, emitter, killed } = fakeProcess()
  stopOnSignal(source, () => Promise.reject(new Error('no')))
  emitter.emit('SIGINT', 'SIGINT')
  await settle()
  expect(killed).toEqual(['77 SIGINT'])
})

it('the end of the process is left to others who listen', async () => {
  const { source, emitter, killed } = fakeProcess()
  emitter.on('SIGTERM', () => {})
  stopOnSignal(source, () => Promise.resolve())
  emitter.emit('SIGTERM', 'SIGTERM')
  await settle()
  expect(killed).toEqual([])
})

it('nothing is heard after it was stopped by hand', () => {
  const { source, emitter } = fakeProcess()
  stopOnSignal(source, () => Promise.resolve())()
  expect(emitter.eventNames()).toEqual([])
})
