import { describe, expect, it } from 'vitest'
import { readOptions } from '../../demo/client/options.ts'

const read = (address: string): ReturnType<typeof readOptions> => readOptions(new URL(address))

describe('the address of the page', () => {
  it('without a query asks for a name and for the server that the page came from', () => {
    expect(read('http://localhost:2567/')).toEqual({
      serverUrl: '/',
      quick: false,
      name: '',
      key: undefined,
      impair: undefined,
      renderer: null,
    })
  })

  it('may name another server', () => {
    expect(read('http://localhost/?server=ws://localhost:2567').serverUrl).toBe('ws://localhost:2567')
  })

  it('joins at once with ?quick, under the given name and in the given room', () => {
    expect(read('http://localhost/?quick&name=Ada%20L&room=den')).toMatchObject({
      quick: true,
      name: 'Ada L',
      key: 'den',
    })
  })

  it('impairs the network with ?latency, ?jitter and ?loss', () => {
    expect(read('http://localhost/?latency=150&jitter=30&loss=1').impair).toEqual({
      latencyMs: 150,
      jitterMs: 30,
      lossPercent: 1,
    })
  })

  it.each(['latency=fast', 'latency=-5', 'loss=', 'jitter=Infinity'])('ignores ?%s', (query) => {
    expect(read(`http://localhost/?${query}`).impair).toBeUndefined()
  })
})
