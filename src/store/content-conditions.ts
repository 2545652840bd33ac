// Tests of what is in an object, as SQL conditions on its text. They are looked at entry by entry,
// so a page that needs them costs more than one that a list serves, within the bounds of limits.ts.
import type { ContentTest } from './page-query.ts'
import type { Bind } from './version-conditions.ts'

/** Holds when one of the tests does. */
export function contentCondition(tests: ContentTest[], bind: Bind): string {
  return `(${tests.map((test) => testCondition(test, bind)).join(' OR ')})`
}

function testCondition(test: ContentTest, bind: Bind): string {
  const among = (values: string[]) =>
    `IN (SELECT value FROM json_each(${bind(JSON.stringify(values))}))`
  switch (test.kind) {
    case 'equals': {
      const value = `CAST(o.content ->> ${bind(test.path)} AS TEXT)`
      const known =
        test.fallback === undefined ? value : `coalesce(${value}, ${bind(test.fallback)})`
      return `${known} ${among(test.values)}`
    }
    case 'contains': {
      const value = test.member === undefined ? 'm.value' : `m.value ->> ${bind(test.member)}`
      // Custom content may have something else than a list of objects there.
      const guard = test.member === undefined ? '' : `m.type = 'object' AND `
      return `EXISTS (SELECT 1 FROM json_each(o.content, ${bind(test.path)}) m
        WHERE ${guard}CAST(${value} AS TEXT) ${among(test.values)})`
    }
    case 'number': {
      const path = bind(test.path)
      return `(json_type(o.content, ${path}) IN ('integer', 'real')
        AND o.content ->> ${path} ${test.operator} ${bind(test.value)})`
    }
    case 'instant':
      return instantCondition(test, bind)
    case 'mentions':
      return mentions(test.ids, bind)
  }
}

/** Cut to the form of `instantOf`, in which texts sort as time does. */
function instantCondition(test: Extract<ContentTest, { kind: 'instant' }>, bind: Bind): string {
  if (test.path === '$.modified') {
    return `(o.version_key <> '' AND o.version_key ${test.operator} ${bind(test.value)})`
  }
  const value = `rtrim(o.content ->> ${bind(test.path)}, 'Z')`
  const instant = `iif(instr(${value}, '.') > 0, rtrim(rtrim(${value}, '0'), '.'), ${value})`
  return `${instant} ${test.operator} ${bind(test.value)}`
}

/** An id stands in a text as a whole JSON string; in its own object it says nothing. */
function mentions(ids: string[], bind: Bind): string {
  const pairs = JSON.stringify(ids.map((id) => [id, JSON.stringify(id)]))
  return `EXISTS (SELECT 1 FROM json_each(${bind(pairs)}) m
        WHERE m.value ->> 0 <> o.stix_id AND instr(o.content, m.value ->> 1) > 0)`
}
