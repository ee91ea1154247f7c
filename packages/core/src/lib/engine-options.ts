let members: Set<string> | undefined

/** Whether this engine's own `Request` reads an option of that name: any but the method, which the verb says. */
export function isEngineOption(name: string): boolean {
  members ??= engineMembers()
  return name !== 'method' && members.has(name)
}

/** What `Request` reads from its options: asked once, and only when a strange name turns up. */
function engineMembers(): Set<string> {
  const read = new Set<string>()
  const asked = new Proxy(
    {},
    {
      get(_target, name) {
        if (typeof name === 'string') read.add(name)
      },
    },
  )
  Reflect.construct(Request, ['http://localhost/', asked])
  return read
}
