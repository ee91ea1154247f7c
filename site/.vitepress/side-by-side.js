/**
 * A plugin of markdown-it: wraps the block of another client and the block `[session-fetch]` after it, so that the
 * theme can show them as columns, each under its name. In the document they are two blocks, one below the other.
 */
export function sideBySide(md) {
  md.core.ruler.push('side-by-side', ({ tokens, Token }) => {
    const html = (content) => Object.assign(new Token('html_block', '', 0), { content })
    const named = (token) => [
      html(`<div class="side"><p class="side-name">${titleOf(token)}</p>\n`),
      token,
      html('</div>\n'),
    ]
    for (let at = tokens.length - 2; at >= 0; at -= 1) {
      const [theirs, ours] = [tokens[at], tokens[at + 1]]
      if (titleOf(ours) !== 'session-fetch' || [undefined, 'session-fetch'].includes(titleOf(theirs)))
        continue
      tokens.splice(at, 2, html('<div class="sides">\n'), ...named(theirs), ...named(ours), html('</div>\n'))
    }
  })
}

/** The title of a block: `axios` of `js [axios]`. */
function titleOf({ type, info }) {
  return type === 'fence' ? /\[([\w-]+)\]/.exec(info)?.[1] : undefined
}
