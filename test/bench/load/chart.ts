import type { Step } from './climb.ts'

const WIDTH = 720
const HEIGHT = 360
const EDGE = { left: 56, right: 60, top: 28, bottom: 46 }

/** Players against the server's tick and its core, as an SVG that reads on light and dark pages. */
export function loadChart(steps: readonly Step[], halfTickMs: number): string {
  const mostPlayers = Math.max(...steps.map(({ players }) => players))
  const mostMs = Math.max(halfTickMs * 1.25, ...steps.map(({ tickP99Ms }) => Math.min(tickP99Ms, 2 * halfTickMs)))
  const x = (players: number): number => EDGE.left + (players / mostPlayers) * (WIDTH - EDGE.left - EDGE.right)
  const y = (share: number): number => HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom)
  const line = (of: (step: Step) => number): string =>
    steps.map((step) => `${x(step.players).toFixed(1)},${y(Math.min(1, of(step))).toFixed(1)}`).join(' ')
  const limit = y(halfTickMs / mostMs)
  const labels = steps.map(({ players }) => `<text x="${x(players).toFixed(1)}" y="${HEIGHT - 26}">${players}</text>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Tick and core of the server by players">
<style>text { fill: #8a94a6; text-anchor: middle } .left { text-anchor: end } .right { text-anchor: start } polyline { fill: none; stroke-width: 2.5 } .tick { stroke: #2f7ed8 } .core { stroke: #e08a1e } .limit { stroke: #d0453f; stroke-dasharray: 5 4 } .axis { stroke: #8a94a6; opacity: .5 }</style>
<path class="axis" fill="none" d="M${EDGE.left} ${EDGE.top}V${HEIGHT - EDGE.bottom}H${WIDTH - EDGE.right}"/>
<line class="limit" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${limit}" y2="${limit}"/>
<text class="left" x="${EDGE.left - 6}" y="${limit + 4}">${halfTickMs.toFixed(1)} ms</text>
<text class="left" x="${EDGE.left - 6}" y="${y(0) + 4}">0</text>
<text class="right" x="${WIDTH - EDGE.right + 6}" y="${y(1) + 4}">100 %</text>
<polyline class="tick" points="${line(({ tickP99Ms }) => tickP99Ms / mostMs)}"/>
<polyline class="core" points="${line(({ coreShare }) => coreShare)}"/>
${labels.join('\n')}
<text x="${WIDTH / 2}" y="${HEIGHT - 8}">players in rooms of 32</text>
<text class="right" x="${EDGE.left + 8}" y="18"><tspan fill="#2f7ed8">tick p99</tspan> (half a tick: red) and <tspan fill="#e08a1e">share of one core</tspan></text>
</svg>
`
}
