import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery } from 'graphql';

import { authorization } from './authorization';

/** Which types the schema holds: those that hold data, or all of R4. */
export type Scope = 'data' | 'all';

/** A schema with what loading it took. */
export interface LoadedSchema {
  schema: GraphQLSchema;
  scope: Scope;
  types: number;
  /** Size of the introspection, uncompressed. */
  bytes: number;
  milliseconds: number;
}

/** The gateway refused for want of a key. */
export class Unauthenticated extends Error {}

/**
 * Fetches the cached introspection, narrowed by scope, and builds the schema.
 * It rejects with Unauthenticated on 401, else with an Error that says what
 * was asked and what came back.
 */
export async function loadSchema(scope: Scope, key: string, signal: AbortSignal): Promise<LoadedSchema> {
  const started = performance.now();
  const address = scope === 'data' ? 'graphql/schema.json?types=data' : 'graphql/schema.json';
  const response = await fetch(address, { headers: authorization(key), signal });
  if (response.status === 401) throw new Unauthenticated('The gateway asks for a key.');
  if (!response.ok) throw new Error(`GET ${address}: ${response.status} ${response.statusText}`);
  const text = await response.text();
  const schema = buildClientSchema(introspectionOf(text, address), { assumeValid: true });
  return {
    schema,
    scope,
    types: Object.keys(schema.getTypeMap()).length,
    bytes: text.length,
    milliseconds: performance.now() - started,
  };
}

function introspectionOf(text: string, address: string): IntrospectionQuery {
  const body = JSON.parse(text) as { data?: IntrospectionQuery | null; errors?: { message: string }[] };
  if (body.data?.__schema) return body.data;
  const reason = body.errors?.map((e) => e.message).join('; ') ?? 'the answer has no data.__schema';
  throw new Error(`GET ${address}: ${reason}`);
}
