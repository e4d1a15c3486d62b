import { describe, expect, it } from 'vitest'
import { Emitter } from '../../sdk/src/events.ts'

const unexpected = (error: unknown): never => {
  throw error
}

describe('an emitter', () => {
  it('tells every listener, in the order in which they came, until they leave', () => {
    const emitter = new Emitter<number>(unexpected)
    const heard: string[] = []
    const stopA = emitter.on((value) => heard.push(`a${value}`))
    emitter.on((value) => heard.push(`b${value}`))
    emitter.emit(1)
    stopA()
    stopA()
    emitter.emit(2)
    expect(heard).toEqual(['a1', 'b1', 'b2'])
    expect(emitter.size).toBe(1)
  })

  it('takes the same function twice as two subscriptions', () => {
    const emitter = new Emitter<number>(unexpected)
    let calls = 0
    const listener = (): void => void calls++
    const stop = emitter.on(listener)
    emitter.on(listener)
    emitter.emit(1)
    stop()
    emitter.emit(2)
    expect(calls).toBe(3)
  })

  it('reports a listener that throws, and goes on with the others', () => {
    const errors: unknown[] = []
    const emitter = new Emitter<number>((error) => errors.push(error))
    let heard = 0
    emitter.on(() => {
      throw new Error('mine')
    })
    emitter.on((value) => (heard = value))
    emitter.emit(5)
    expect(heard).toBe(5)
    expect(errors).toEqual([new Error('mine')])
  })

  it('does not tell one that another listener has just removed, nor one that came meanwhile', () => {
    const emitter = new Emitter<number>(unexpected)
    const heard: string[] = []
    emitter.on(() => {
      stopB()
      emitter.on(() => heard.push('c'))
    })
    const stopB = emitter.on(() => heard.push('b'))
    emitter.emit(1)
    expect(heard).toEqual([])
    emitter.emit(2)
    expect(heard).toEqual(['c'])
  })
})
