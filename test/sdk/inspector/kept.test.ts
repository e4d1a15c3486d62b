import { describe, expect, it } from 'vitest'
import { formatBytes, formatHex, formatNumber, formatRate, formatValue } from '../../../sdk/src/inspector/format.ts'
import { PacketLog } from '../../../sdk/src/inspector/packet-log.ts'
import { Series } from '../../../sdk/src/inspector/series.ts'
import { TickMarks } from '../../../sdk/src/inspector/tick-marks.ts'
import { Traffic } from '../../../sdk/src/inspector/traffic.ts'

const packet = (atMs: number, length = 10) => ({ atMs, isSent: false, bytes: new Uint8Array(length), messages: [] })

describe('a series', () => {
  it('keeps the newest samples, oldest first', () => {
    const series = new Series(3)
    expect(series.newest).toBeNaN()
    for (const value of [1, 5, 2, 4]) series.push(value)
    expect([0, 1, 2].map((i) => series.at(i))).toEqual([5, 2, 4])
    expect(series.newest).toBe(4)
    expect(series.range).toEqual({ least: 2, most: 5 })
  })
})

describe('the table of bytes', () => {
  it('is of the last second, the most expensive first', () => {
    const traffic = new Traffic()
    traffic.addBits('ship', 'x', 80, 1000)
    traffic.addBits('ship', 'y', 160, 1000)
    traffic.addBits('bullet', 'x', 8000, 0)
    traffic.addRecords(new Map([['ship', 4]]), 1000)
    expect(traffic.kindRates(1500)).toEqual([
      {
        kind: 'ship',
        bytesPerSecond: 30,
        recordsPerSecond: 4,
        fields: [
          { kind: 'ship', field: 'y', bytesPerSecond: 20 },
          { kind: 'ship', field: 'x', bytesPerSecond: 10 },
        ],
      },
    ])
    expect(traffic.kindRates(2500)).toEqual([])
  })

  it('counts messages by direction and kind', () => {
    const traffic = new Traffic()
    traffic.addMessage('sent', 'ping', 4, 100)
    traffic.addMessage('received', 'pong', 9, 100)
    expect([...traffic.messageRates('sent', 200)]).toEqual([['ping', 4]])
    expect([...traffic.messageRates('received', 200)]).toEqual([['pong', 9]])
  })
})

describe('the log of packets', () => {
  it('keeps a minute', () => {
    const log = new PacketLog()
    for (let second = 0; second < 100; second++) log.add(packet(second * 1000))
    expect(log.spanMs).toBe(60_000)
    expect(log.byteCount).toBe(610)
    expect(log.since(97).map(({ atMs }) => atMs)).toEqual([97_000, 98_000, 99_000])
  })

  it('keeps no more than eight megabytes', () => {
    const log = new PacketLog()
    for (let i = 0; i < 20; i++) log.add(packet(i, 1024 * 1024))
    expect(log.byteCount).toBe(8 * 1024 * 1024)
  })

  it('begins a trace where it can be read from', () => {
    const log = new PacketLog()
    expect(log.isImageDue(0)).toBe(true)
    log.add(packet(0))
    log.addImage(Uint8Array.of(1), 10)
    log.add(packet(20))
    expect(log.isImageDue(4000)).toBe(false)
    expect(log.isImageDue(5010)).toBe(true)
    expect(log.records().map(({ type }) => type)).toEqual(['held', 'received'])
  })
})

describe('marks of ticks', () => {
  it('tell the packets of neighbours apart, and forget what is long past', () => {
    const marks = new TickMarks()
    marks.sentInputs(10, 11)
    marks.sentInputs(12, 13)
    expect(marks.packetAt(10)).toBe(marks.packetAt(11))
    expect(marks.packetAt(12)).not.toBe(marks.packetAt(11))
    marks.snapshotCame(12)
    marks.corrected(12)
    expect([marks.hasSnapshot(12), marks.isCorrected(12), marks.hasSnapshot(13)]).toEqual([true, true, false])
    marks.sentInputs(12 + 512, 12 + 512)
    expect(marks.packetAt(12)).toBe(-1)
    marks.clear()
    expect([marks.sent, marks.packetAt(524)]).toEqual([-1, -1])
  })
})

describe('what is shown', () => {
  it('has no more digits than can be read', () => {
    expect([0, 3, 1.234, 12.34, 123.4, NaN].map(formatNumber)).toEqual(['0', '3', '1.23', '12.3', '123', '–'])
    expect([0.51, 12.4, 1530].map(formatRate)).toEqual(['0.5 B/s', '12 B/s', '1.5 kB/s'])
    expect([12, 1530, 2_500_000].map(formatBytes)).toEqual(['12 B', '1.5 kB', '2.5 MB'])
    expect(formatValue({ x: 1, list: [true, null], bytes: new Uint8Array(3) })).toBe(
      'x 1, list [yes, –], bytes 3 bytes',
    )
  })

  it('has bytes as offset, hexadecimal and text, up to so many lines', () => {
    const bytes = new TextEncoder().encode('Tickwire inspector')
    expect(formatHex(bytes, 1).split('\n')).toEqual([
      '0000  54 69 63 6b 77 69 72 65 20 69 6e 73 70 65 63 74  Tickwire inspect',
      '      and 2 more',
    ])
  })
})
