/** What is published has no sources, so that the condition that leads to them is left out of its package.json. */
function withoutSources(value) {
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => name !== 'source')
  return Object.fromEntries(kept.map(([name, target]) => [name, withoutSources(target)]))
}

module.exports = {
  hooks: {
    beforePacking: (manifest) => ({ ...manifest, exports: withoutSources(manifest.exports) }),
  },
}
