// Ways to make a document wrong, each of one rule of GraphQL's validation (5); what it gives may be valid all the same.
import { parse, print, visit, Kind } from 'graphql';

// change replaces one node of a kind, chosen by chance, by what edit makes of it.
function change(text, random, kind, edit, fits = () => true) {
  const doc = parse(text);
  const found = [];
  visit(doc, { [kind]: (node) => void (fits(node) && found.push(node)) });
  if (found.length === 0) return undefined;
  const chosen = random.one(found);
  return print(visit(doc, { [kind]: (node) => (node === chosen ? edit(node) : undefined) }));
}

const name = (value) => ({ kind: Kind.NAME, value });
const field = (value, selections) => ({ kind: Kind.FIELD, name: name(value), selectionSet: selections && { kind: Kind.SELECTION_SET, selections } });
const literal = (kind, value) => ({ kind, value });
const strange = [
  literal(Kind.INT, '3000000000'), literal(Kind.INT, '12'), literal(Kind.FLOAT, '1.5'), literal(Kind.STRING, 'text'), literal(Kind.ENUM, 'nothing'),
  literal(Kind.BOOLEAN, true), { kind: Kind.NULL }, { kind: Kind.LIST, values: [] }, { kind: Kind.OBJECT, fields: [] },
  { kind: Kind.LIST, values: [{ kind: Kind.NULL }] }, { kind: Kind.VARIABLE, name: name('nowhere') },
];
const directive = (value, args = []) => ({ kind: Kind.DIRECTIVE, name: name(value), arguments: args });
const condition = { kind: Kind.ARGUMENT, name: name('if'), value: literal(Kind.BOOLEAN, true) };
const types = ['Int', 'Int!', 'String', '[String]', '[String!]!', 'Boolean', 'ID', 'Patient', 'PatientWhere', 'Nothing', 'Total', '[[String]]'];

export const mutants = {
  'an unknown field': (t, r) => change(t, r, 'Field', (n) => ({ ...n, name: name(`${n.name.value}x`) })),
  'an unknown argument': (t, r) => change(t, r, 'Field', (n) => ({ ...n, arguments: [...n.arguments, { kind: Kind.ARGUMENT, name: name('nothing'), value: literal(Kind.INT, '1') }] })),
  'another value': (t, r) => change(t, r, 'Argument', (n) => ({ ...n, value: r.one(strange) })),
  'another value in an object': (t, r) => change(t, r, 'ObjectField', (n) => ({ ...n, value: r.one(strange) })),
  'another default': (t, r) => change(t, r, 'VariableDefinition', (n) => ({ ...n, defaultValue: r.one(strange.slice(0, -1)) })),
  'an argument left out': (t, r) => change(t, r, 'Field', (n) => ({ ...n, arguments: n.arguments.slice(1) }), (n) => n.arguments.length > 0),
  'an argument twice': (t, r) => change(t, r, 'Field', (n) => ({ ...n, arguments: [...n.arguments, n.arguments[0]] }), (n) => n.arguments.length > 0),
  'a member left out': (t, r) => change(t, r, 'ObjectValue', (n) => ({ ...n, fields: n.fields.slice(1) }), (n) => n.fields.length > 0),
  'a member twice': (t, r) => change(t, r, 'ObjectValue', (n) => ({ ...n, fields: [...n.fields, n.fields[0]] }), (n) => n.fields.length > 0),
  'an unknown member': (t, r) => change(t, r, 'ObjectField', (n) => ({ ...n, name: name('nothing') })),
  'another enum value': (t, r) => change(t, r, 'EnumValue', (n) => ({ ...n, value: `${n.value}_` })),
  'an unused variable': (t) => t.replace(/^(\w+ Q)(\(?)/, (_, q, open) => (open ? `${q}($unused: Int, ` : `${q}($unused: Int)`)),
  'a variable twice': (t, r) => change(t, r, 'OperationDefinition', (n) => ({ ...n, variableDefinitions: [...n.variableDefinitions, n.variableDefinitions[0]] }), (n) => n.variableDefinitions.length > 0),
  'a variable that is not defined': (t, r) => change(t, r, 'OperationDefinition', (n) => ({ ...n, variableDefinitions: n.variableDefinitions.slice(1) }), (n) => n.variableDefinitions.length > 0),
  'a variable of another type': (t, r) => change(t, r, 'VariableDefinition', (n) => ({ ...n, type: parse(`query ($a: ${r.one(types)}) { a }`).definitions[0].variableDefinitions[0].type })),
  'a cycle of fragments': (t, r) => change(t, r, 'FragmentDefinition', (n) => ({ ...n, selectionSet: { ...n.selectionSet, selections: [...n.selectionSet.selections, { kind: Kind.FRAGMENT_SPREAD, name: n.name }] } })),
  'an unused fragment': (t) => `${t} fragment Unused on Patient { id }`,
  'an unknown fragment': (t, r) => change(t, r, 'SelectionSet', (n) => ({ ...n, selections: [...n.selections, { kind: Kind.FRAGMENT_SPREAD, name: name('Nothing') }] })),
  'a fragment twice': (t, r) => change(t, r, 'Document', (n) => ({ ...n, definitions: [...n.definitions, n.definitions.at(-1)] }), (n) => n.definitions.length > 1),
  'a fragment on another type': (t, r) => change(t, r, 'FragmentDefinition', (n) => ({ ...n, typeCondition: { kind: Kind.NAMED_TYPE, name: name(r.one(['HumanName', 'String', 'PatientInput', 'Nothing', 'Node'])) } })),
  'a fragment that cannot be': (t, r) => change(t, r, 'SelectionSet', (n) => ({ ...n, selections: [...n.selections, { kind: Kind.INLINE_FRAGMENT, typeCondition: { kind: Kind.NAMED_TYPE, name: name(r.one(['Patient', 'Period', 'Resource', 'Node', 'Query'])) }, selectionSet: { kind: Kind.SELECTION_SET, selections: [field('__typename')] } }] })),
  'one key for two fields': (t, r) => change(t, r, 'SelectionSet', (n) => ({ ...n, selections: [...n.selections, { ...field('__typename'), alias: n.selections[0].alias ?? n.selections[0].name }] }), (n) => n.selections[0].name),
  'one key, other arguments': (t, r) => change(t, r, 'SelectionSet', (n) => ({ ...n, selections: [...n.selections, { ...n.selections[0], arguments: n.selections[0].arguments.slice(1) }] }), (n) => n.selections[0].arguments?.length > 0),
  'a field twice': (t, r) => change(t, r, 'SelectionSet', (n) => ({ ...n, selections: [...n.selections, n.selections[0]] })),
  'a leaf with members': (t, r) => change(t, r, 'Field', (n) => ({ ...n, selectionSet: field('a', [field('id')]).selectionSet }), (n) => !n.selectionSet),
  'an object without': (t, r) => change(t, r, 'Field', (n) => ({ ...n, selectionSet: undefined }), (n) => n.selectionSet),
  'a directive twice': (t, r) => change(t, r, 'Field', (n) => ({ ...n, directives: [directive('skip', [condition]), directive('skip', [condition])] })),
  'an unknown directive': (t, r) => change(t, r, 'Field', (n) => ({ ...n, directives: [directive('nothing')] })),
  'a directive out of place': (t, r) => change(t, r, 'OperationDefinition', (n) => ({ ...n, directives: [directive(r.one(['skip', 'deprecated', 'specifiedBy']), [condition])] })),
  'a directive without its argument': (t, r) => change(t, r, 'Field', (n) => ({ ...n, directives: [directive('include')] })),
  'an operation twice': (t) => `${t} query Q { __typename }`,
  'one without a name beside': (t) => `${t} { __typename }`,
  'a type among operations': (t) => `${t} type A { a: Int }`,
  'another kind': (t, r) => t.replace(/^\w+/, r.one(['query', 'mutation', 'subscription'])),
  'a token gone': (t, r) => t.split(/(?<=[{}()$:,])/).filter((_, i, all) => i !== (t.length * 7) % all.length).join(''),
  'two roots': (t, r) => change(t, r, 'OperationDefinition', (n) => ({ ...n, selectionSet: { ...n.selectionSet, selections: [...n.selectionSet.selections, field('__typename')] } })),
};
