import { describe, expect, it } from 'vitest'
import { inviteLink, readOptions } from '../../demo/client/options.ts'

const read = (address: string): ReturnType<typeof readOptions> => readOptions(new URL(address))

describe('the address of the page', () => {
  it('without a query asks for a name and for the server that the page came from', () => {
    expect(read('http://localhost:2567/')).toEqual({
      serverUrl: '/',
      quick: false,
      name: '',
      code: undefined,
      party: undefined,
      key: undefined,
      impair: undefined,
      renderer: null,
    })
  })

  it('may name another server', () => {
    expect(read('http://localhost/?server=ws://localhost:2567').serverUrl).toBe('ws://localhost:2567')
  })

  it('joins at once with ?quick, under the given name and in the room of the given key', () => {
    expect(read('http://localhost/?quick&name=Ada%20L&key=den')).toMatchObject({
      quick: true,
      name: 'Ada L',
      key: 'den',
    })
  })

  it('invites with ?room and ?party into those of that code', () => {
    expect(read('http://localhost/?room=K7Q2MX')).toMatchObject({ code: 'K7Q2MX', party: undefined })
    expect(read('http://localhost/?party=%20AB12CD')).toMatchObject({ code: undefined, party: 'AB12CD' })
  })

  it('becomes a link to invite with, which says the server but nothing of who invites', () => {
    const page = new URL('http://localhost/play?quick&name=Ada&latency=80&server=ws://other:2567')
    const link = inviteLink(page, 'room', 'K7Q2MX')
    expect(link).toBe('http://localhost/play?server=ws%3A%2F%2Fother%3A2567&room=K7Q2MX')
    expect(read(link)).toMatchObject({ code: 'K7Q2MX', serverUrl: 'ws://other:2567', quick: false, name: '' })
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
