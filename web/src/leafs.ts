import { getNamedType, isLeafType, type GraphQLFieldMap, type GraphQLType } from 'graphql';

// What stands for an object whose selection is missing, the first that it has.
const COMMON = ['id', 'edges', 'node'];

/** The fields that GraphiQL writes into a query where an object of this type has no selection. */
export function leafsOf(type: GraphQLType): string[] {
  const named = getNamedType(type);
  if (!('getFields' in named)) return [];
  const fields = named.getFields() as GraphQLFieldMap<unknown, unknown>;
  const common = COMMON.find((name) => name in fields);
  if (common !== undefined) return [common];
  return Object.values(fields).flatMap((field) => (isLeafType(getNamedType(field.type)) ? [field.name] : []));
}
