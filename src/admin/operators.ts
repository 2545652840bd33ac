// Operators: each has a token of their own, by whose name the audit log speaks of them.
import * as z from 'zod'
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import { formatMillis } from '../stix/timestamp.ts'
import { openWriter } from '../store/database.ts'
import {
  addOperatorToken,
  listOperatorTokens,
  type OperatorToken,
  removeOperatorToken,
} from '../store/operator-tokens.ts'
import { adminOperation, answerJson, readJsonBody } from './operation.ts'
import { mintOperatorToken } from './operator-token.ts'

const newOperator = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w.@-]{1,100}$/, { message: 'takes letters, digits and . @ _ -' })
      .refine((name) => name !== 'bootstrap', { message: 'is taken by the environment' }),
  })
  .meta({ id: 'NewOperator' })

const operatorState = z
  .object({ id: z.string(), name: z.string(), last_four: z.string(), created: z.string() })
  .meta({ id: 'OperatorState' })

const pathParameters = {
  operatorId: { description: 'Id of the operator, as listed.', example: 'op_...' },
}

export const operatorOperations = [
  adminOperation({
    operationId: 'createOperator',
    method: 'POST',
    path: '/admin/operators/',
    summary: 'Create an operator token',
    description: 'The token is in this answer and nowhere else.',
    body: { schema: newOperator, contentTypes: ['application/json'] },
    success: {
      status: 201,
      description: 'The operator with the token',
      schema: operatorState.extend({ token: z.string() }).meta({ id: 'IssuedOperator' }),
    },
    refusals: [400, 409],
    handle: create,
  }),
  adminOperation({
    operationId: 'listOperators',
    method: 'GET',
    path: '/admin/operators/',
    summary: 'List the operators',
    description: 'By name. The token of the environment is not among them.',
    success: {
      status: 200,
      description: 'The operators',
      schema: z.object({ operators: z.array(operatorState) }),
    },
    refusals: [],
    handle: list,
  }),
  adminOperation({
    operationId: 'revokeOperator',
    method: 'POST',
    path: '/admin/operators/{operatorId}/revoke/',
    summary: 'Revoke an operator token',
    description: 'Refused from the next request on.',
    pathParameters,
    success: { status: 200, description: 'Revoked', schema: z.object({ id: z.string() }) },
    refusals: [404],
    handle: revoke,
  }),
]

async function create(c: AppContext): Promise<Response> {
  const { name } = await readJsonBody(c, newOperator)
  const { token, ...minted } = await mintOperatorToken(c.get('runtime').config.keys.secret)
  const operator: OperatorToken = { ...minted, name, createdAtMs: Date.now() }
  if (!(await addOperatorToken(openWriter(c.env.DB), operator))) {
    const problem = 'Another operator has this name'
    return refuse({ kind: 'conflict', property: 'name', problem })
  }
  c.set('audited', { subject: operator.id, detail: { name } })
  return answerJson({ ...stateOf(operator), token }, 201)
}

async function list(c: AppContext): Promise<Response> {
  const operators = await listOperatorTokens(openWriter(c.env.DB))
  return answerJson({ operators: operators.map(stateOf) })
}

async function revoke(c: AppContext): Promise<Response> {
  const id = c.req.param('operatorId') ?? ''
  if (!(await removeOperatorToken(openWriter(c.env.DB), id))) {
    return refuse({ kind: 'not-found', what: 'operator' })
  }
  c.set('audited', { subject: id })
  return answerJson({ id })
}

function stateOf(operator: OperatorToken): z.infer<typeof operatorState> {
  const { id, name, lastFour, createdAtMs } = operator
  return { id, name, last_four: lastFour, created: formatMillis(createdAtMs) }
}
