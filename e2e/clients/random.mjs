// Documents of a schema by chance: equal seeds, equal documents.
import { isEnumType, isInputObjectType, isInterfaceType, isLeafType, isListType, isNonNullType, isObjectType, getNamedType } from 'graphql';

// chance gives numbers from 0 to n (mulberry32).
export function chance(seed) {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, one: (list) => list[below(list.length)], odds: (p) => next() < p };
}

const scalars = {
  Int: (r) => String(r.below(50)),
  Float: (r) => r.one(['1', '2.5', '-3e2']),
  String: (r) => r.one(['"a"', '""', '"""block"""', '"x\\u00e9"']),
  Boolean: (r) => r.one(['true', 'false']),
  ID: (r) => r.one(['"p1"', '7']),
};

// Writer makes one document.
export class Writer {
  constructor(schema, random) {
    Object.assign(this, { schema, random, variables: [], fragments: [] });
  }

  document(kind = 'query') {
    const root = { query: this.schema.getQueryType(), mutation: this.schema.getMutationType(), subscription: this.schema.getSubscriptionType() }[kind];
    this.kind = kind;
    const body = this.selection(root, kind === 'subscription' ? 1 : 1 + this.random.below(2), 3 + this.random.below(2));
    const variables = this.variables.length > 0 ? `(${this.variables.join(', ')})` : '';
    return [`${kind} Q${variables} ${body}`, ...this.fragments].join('\n');
  }

  selection(type, fields, depth) {
    const all = Object.values(type.getFields()).filter((f) => isLeafType(getNamedType(f.type)) || depth > 0);
    const out = [];
    if (all.length === 0) return '{ __typename }';
    for (let i = 0; i < fields; i++) out.push(this.field(this.random.one(all), `f${this.variables.length}${this.fragments.length}${i}`, depth));
    if (depth < 3) out.push(...this.extras(type, depth));
    return `{ ${out.join(' ')} }`;
  }

  extras(type, depth) {
    const out = this.random.odds(0.3) ? ['__typename'] : [];
    if (isInterfaceType(type)) {
      const on = this.random.one(this.schema.getPossibleTypes(type));
      out.push(`... on ${on} ${this.selection(on, 1, depth - 1)}`);
    } else if (isObjectType(type) && this.random.odds(0.15)) {
      const name = `F${this.fragments.length}`;
      this.fragments.push('');
      this.fragments[Number(name.slice(1))] = `fragment ${name} on ${type} ${this.selection(type, 1, depth - 1)}`;
      out.push(`...${name}`);
    }
    return out;
  }

  field(f, alias, depth) {
    const args = f.args.filter((a) => (isNonNullType(a.type) && a.defaultValue === undefined) || this.random.odds(2 / (4 + f.args.length)));
    let out = `${alias}: ${f.name}`;
    if (args.length > 0) out += `(${args.map((a) => `${a.name}: ${this.value(a.type, 2, true)}`).join(', ')})`;
    if (this.random.odds(0.1)) out += ` @${this.random.one(['skip', 'include'])}(if: ${this.random.one(['true', this.variable('Boolean!')])})`;
    const named = getNamedType(f.type);
    return isLeafType(named) ? out : `${out} ${this.selection(named, 1 + this.random.below(2), depth - 1)}`;
  }

  variable(type, value) {
    const name = `$v${this.variables.length}`;
    this.variables.push(`${name}: ${type}${value ? ` = ${value}` : ''}`);
    return name;
  }

  value(type, depth, atTop = false) {
    if (atTop && this.random.odds(0.3)) {
      const given = !isNonNullType(type) && this.random.odds(0.3) ? this.value(type, depth) : '';
      return this.variable(String(type), given);
    }
    if (isNonNullType(type)) return this.value(type.ofType, depth);
    if (this.random.odds(0.03)) return 'null';
    if (isListType(type)) {
      if (this.random.odds(0.3)) return this.value(type.ofType, depth); // a list of one
      return `[${Array.from({ length: this.random.below(3) }, () => this.value(type.ofType, depth)).join(', ')}]`;
    }
    if (isEnumType(type)) return this.random.one(type.getValues()).name;
    if (isInputObjectType(type)) return this.object(type, depth);
    return scalars[type.name] ? scalars[type.name](this.random) : this.random.one(['1.50', '"x"', '{a: [1, "b"]}', 'true']);
  }

  object(type, depth) {
    const fields = Object.values(type.getFields());
    const wanted = fields.filter((f) => isNonNullType(f.type) || (depth > 0 && this.random.odds(2 / fields.length)));
    return `{${wanted.map((f) => `${f.name}: ${this.value(f.type, depth - 1)}`).join(', ')}}`;
  }
}
