/** Hosts that mean this machine by definition (RFC 6761 §6.3), not by a DNS answer. Without brackets. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host === '::1' || host.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(host)
  )
}

/** The host name of a URL as sockets and cookies take it: an IPv6 address without its brackets. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}
