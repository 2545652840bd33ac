// The smallest valid object of each kind that tests need.

export function stixId(type: string): string {
  return `${type}--${crypto.randomUUID()}`
}

export function indicator(properties: Record<string, unknown> = {}) {
  const created = '2024-05-01T10:00:00.000Z'
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: stixId('indicator'),
    created,
    modified: created,
    pattern: "[ipv4-addr:value = '198.51.100.7']",
    pattern_type: 'stix',
    valid_from: created,
    ...properties,
  }
}

export function identity(properties: Record<string, unknown> = {}) {
  const created = '2024-05-01T10:00:00.000Z'
  return {
    type: 'identity',
    spec_version: '2.1',
    id: stixId('identity'),
    created,
    modified: created,
    name: 'Example Threat Research',
    identity_class: 'organization',
    ...properties,
  }
}

export function observable(type: 'ipv4-addr' | 'domain-name' | 'url', value: string) {
  return { type, spec_version: '2.1', id: stixId(type), value }
}

export function indicators(many: number): ReturnType<typeof indicator>[] {
  return Array.from({ length: many }, () => indicator())
}
