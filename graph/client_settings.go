package graph

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Clients are the names of those that Settings knows.
func Clients() []string { return []string{"relay", "apollo", "urql"} }

// Settings writes a JavaScript module (for relay, JSON) with what the cache and the compiler of one of Clients have to know of the
// strict schema: that a resource is told from all others by its nodeId and not by its id, which FHIR makes unique within a type only
// and which versions, contained resources and elements may share; and what implements which interface.
// The dialect's schema has none: what it answers has not the form that its schema says.
func (s *Schema) Settings(w io.Writer, client string) error {
	if s.fhir {
		return fmt.Errorf("graph: the FHIR dialect has no settings for %s: its directives change the form of an answer, so no cache can keep it by the schema", client)
	}
	var text string
	switch client {
	case "relay":
		text = s.relaySettings()
	case "apollo":
		text = s.apolloSettings()
	case "urql":
		text = s.urqlSettings()
	default:
		return fmt.Errorf("graph: there are settings for %s, not for %q", strings.Join(Clients(), ", "), client)
	}
	_, err := io.WriteString(w, text)
	return err
}

// command is what prints a form of this schema.
func (s *Schema) command(flags string) string {
	out := "heliograph schema"
	if len(s.resources) < len(s.defs.Resources()) {
		out += " --types " + strings.Join(s.resources, ",")
	}
	return out + flags
}

// relaySettings is JSON: relay-compiler reads it in every kind of package, a module only in some.
func (s *Schema) relaySettings() string {
	return `{
  "src": "./src",
  "schema": "./schema.graphql",
  "language": "typescript",
  "schemaConfig": {
    "nodeInterfaceIdField": "nodeId",
    "nodeInterfaceIdVariableName": "nodeId"
  },
  "customScalarTypes": { "Decimal": "number", "FHIRResource": "unknown", "JSON": "unknown" }
}
`
}

func (s *Schema) apolloSettings() string {
	var b strings.Builder
	b.WriteString(`// heliograph.mjs: what Apollo Client's cache has to know of Heliograph's schema.
//   import { heliograph } from './heliograph.mjs';
//   const cache = new InMemoryCache(heliograph);
export const heliograph = {
  // FHIR's ids are unique within a type only; versions, contained resources and elements may share them. Objects without a key of their
  // own are kept where they are.
  dataIdFromObject: () => undefined,
  // A resource is what its nodeId says. The cache complains of a selection of a resource that leaves nodeId out.
  typePolicies: { Node: { keyFields: ['nodeId'] } },
  possibleTypes: {
`)
	for _, def := range s.sorted(func(d *ast.Definition) bool { return d.IsAbstractType() }) {
		var names []string
		for _, possible := range s.doc.GetPossibleTypes(def) {
			if possible.Kind == ast.Object {
				names = append(names, possible.Name)
			}
		}
		slices.Sort(names)
		b.WriteString("    " + def.Name + ": " + stringList(names, "    ") + ",\n")
	}
	b.WriteString("  },\n};\n")
	return b.String()
}

func (s *Schema) urqlSettings() string {
	var nodes, values []string
	for _, def := range s.sorted(func(d *ast.Definition) bool { return d.Kind == ast.Object && d != s.doc.Query && d != s.doc.Mutation }) {
		switch {
		case strings.HasPrefix(def.Name, "__") || def == s.doc.Subscription:
		case slices.Contains(def.Interfaces, typeNode):
			nodes = append(nodes, def.Name)
		default:
			values = append(values, def.Name)
		}
	}
	return `// heliograph.mjs: what urql's Graphcache has to know of Heliograph's schema.
//   import { keys } from './heliograph.mjs';
//   import schema from './schema.json'; // made once: minifyIntrospectionQuery (@urql/introspection) of the data of
//   // ` + s.command(" --introspection") + `
//   const exchange = cacheExchange({ schema, keys });
// FHIR's ids are unique within a type only; versions, contained resources and elements may share them. A resource is what its nodeId
// says: one that is selected without is kept where it is, and so are all elements.
const node = ({ nodeId }) => nodeId ?? null;
const value = () => null;
const nodes = ` + stringList(nodes, "") + `;
const values = ` + stringList(values, "") + `;
export const keys = Object.fromEntries([...nodes.map((type) => [type, node]), ...values.map((type) => [type, value])]);
`
}

// sorted are the types that are wanted, by name.
func (s *Schema) sorted(wanted func(*ast.Definition) bool) (out []*ast.Definition) {
	for _, def := range s.doc.Types {
		if wanted(def) {
			out = append(out, def)
		}
	}
	slices.SortFunc(out, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// stringList is a JavaScript list of names, in lines.
func stringList(names []string, indent string) string {
	const width = 130
	var b strings.Builder
	b.WriteString("[")
	column := width
	for _, name := range names {
		if column+len(name)+4 > width {
			b.WriteString("\n" + indent + " ")
			column = len(indent) + 1
		}
		b.WriteString(" '" + name + "',")
		column += len(name) + 4
	}
	b.WriteString("\n" + indent + "]")
	return b.String()
}
