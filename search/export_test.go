package search

import "github.com/valyala/fastjson"

// Nodes gives what a parameter's expression finds in a resource, before it becomes index values, and the name of the FHIR
// type of each node.
func (x *Indexer) Nodes(code string, v *fastjson.Value) (nodes []*fastjson.Value, types []string) {
	e := newExtraction(x)
	e.begin(v)
	params := x.params.types[string(v.GetStringBytes("resourceType"))]
	for i := range params.compiled {
		if p := &params.compiled[i]; p.param.Code == code {
			for _, f := range e.run(&p.program, v) {
				nodes = append(nodes, f.value)
				types = append(types, f.path.typ.Name)
			}
		}
	}
	return nodes, types
}

// PartNodes gives what part i of a composite finds in one node of a resource.
func (x *Indexer) PartNodes(code string, i int, resource, node *fastjson.Value) (nodes []*fastjson.Value) {
	e := newExtraction(x)
	e.begin(resource)
	params := x.params.types[string(resource.GetStringBytes("resourceType"))]
	for j := range params.compiled {
		if p := &params.compiled[j]; p.param.Code == code {
			for _, f := range e.run(&p.parts[i], node) {
				nodes = append(nodes, f.value)
			}
		}
	}
	return nodes
}
