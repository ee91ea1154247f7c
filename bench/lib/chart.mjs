import { OURS } from './options.mjs'

const [WIDTH, BAR, GAP, LABEL] = [720, 22, 8, 160]

/** The CPU time of each client as an SVG of horizontal bars, lower is better. */
export function chart({ name, figures }) {
  const rows = Object.entries(figures).toSorted(([, a], [, b]) => a.cpu - b.cpu)
  const scale = (WIDTH - LABEL - 90) / Math.max(...rows.map(([, { cpu }]) => cpu))
  const bars = rows.map(([client, { cpu, cpuRatio }], index) => {
    const y = 44 + index * (BAR + GAP)
    const fill = client === OURS ? '#1f7a4d' : '#9aa5b1'
    return `<text x="${LABEL - 8}" y="${y + 15}" text-anchor="end">${client}</text>
  <rect x="${LABEL}" y="${y}" width="${(cpu * scale).toFixed(1)}" height="${BAR}" rx="3" fill="${fill}"/>
  <text x="${LABEL + cpu * scale + 6}" y="${y + 15}">${cpu.toFixed(0)} µs · ${cpuRatio.toFixed(2)}×</text>`
  })
  const height = 56 + rows.length * (BAR + GAP)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#1f2933">
  <rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
  <text x="16" y="26" font-size="15" font-weight="600">CPU per call: ${name}</text>
  ${bars.join('\n  ')}
</svg>
`
}
