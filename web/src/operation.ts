import { Kind, OperationTypeNode, parse } from 'graphql';

/** An operation to run, as far as the page needs to know it. */
export interface Operation {
  name: string | null | undefined;
  subscription: boolean;
}

/**
 * The operation of a text. GraphiQL learns of a tab's operations a moment after the tab is chosen, and a query that is run before has the
 * last tab's name: of a text with one operation its own name is taken.
 */
export function operationOf(query: string, chosen: string | null | undefined): Operation {
  try {
    const operations = parse(query, { noLocation: true }).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    const names = operations.map((definition) => ('name' in definition ? (definition.name?.value ?? null) : null));
    const index = names.length === 1 ? 0 : names.indexOf(chosen ?? null);
    const operation = operations[index];
    const subscription = operation?.kind === Kind.OPERATION_DEFINITION && operation.operation === OperationTypeNode.SUBSCRIPTION;
    return { name: names.length === 1 ? names[0] : chosen, subscription };
  } catch {
    // The gateway says what is wrong with the query, and where.
    return { name: chosen, subscription: false };
  }
}
