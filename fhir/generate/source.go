package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// source is what the files say, reduced to the members that are used.
type source struct {
	structures  []structure
	elements    []structure // the data elements
	parameters  []parameter
	valueSets   map[string]valueSet
	codeSystems map[string]codeSystem
}

type structure struct {
	ID, URL, Name, Kind, Type string
	FHIRVersion               string
	Abstract                  bool
	BaseDefinition            string
	Derivation                string
	Snapshot                  struct{ Element []element }
}

type element struct {
	Path, Short, Definition string
	Min                     int
	Max                     string
	IsSummary               bool
	Base                    struct{ Path string }
	Type                    []elementType
	ContentReference        string
	Binding                 *struct{ Strength, ValueSet string }
}

type elementType struct {
	Code          string
	TargetProfile []string
	Extension     []struct{ URL, ValueURL, ValueString string }
}

type parameter struct {
	URL, Version, Code, Type, Expression, Description string
	Base, Target                                      []string
	Component                                         []struct{ Definition, Expression string }
}

type valueSet struct {
	URL, Version string
	Compose      struct{ Include, Exclude []include }
}

type include struct {
	System   string
	Concept  []concept
	Filter   []struct{ Property, Op, Value string }
	ValueSet []string
}

type codeSystem struct {
	URL, Version, Content, ValueSet string
	Concept                         []concept
}

type concept struct {
	Code     string
	Concept  []concept
	Property []struct{ Code, ValueCode string }
}

// readSource reads the files of the package.
func readSource(folder string) (*source, error) {
	s := &source{valueSets: map[string]valueSet{}, codeSystems: map[string]codeSystem{}}
	for _, name := range []string{"profiles-types", "profiles-resources", "search-parameters", "valuesets", "v3-codesystems"} {
		if err := s.read(filepath.Join(folder, name+".json")); err != nil {
			return nil, err
		}
	}
	structures := s.structures
	s.structures = nil
	if err := s.read(filepath.Join(folder, "dataelements.json")); err != nil {
		return nil, err
	}
	s.structures, s.elements = structures, s.structures
	return s, nil
}

func (s *source) read(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var bundle struct {
		Entry []struct{ Resource json.RawMessage }
	}
	if err := json.Unmarshal(raw, &bundle); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for i, entry := range bundle.Entry {
		if err := s.add(entry.Resource); err != nil {
			return fmt.Errorf("%s: entry %d: %w", file, i, err)
		}
	}
	return nil
}

func (s *source) add(raw json.RawMessage) error {
	var head struct{ ResourceType string }
	if err := json.Unmarshal(raw, &head); err != nil {
		return err
	}
	switch head.ResourceType {
	case "StructureDefinition":
		return decodeTo(raw, func(v structure) { s.structures = append(s.structures, v) })
	case "SearchParameter":
		return decodeTo(raw, func(v parameter) { s.parameters = append(s.parameters, v) })
	case "ValueSet":
		return decodeTo(raw, func(v valueSet) { s.valueSets[v.URL] = v })
	case "CodeSystem":
		return decodeTo(raw, func(v codeSystem) { s.codeSystems[v.URL] = v })
	}
	return nil // operations, capability statements and compartments have no place in the file
}

func decodeTo[T any](raw json.RawMessage, keep func(T)) error {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	keep(v)
	return nil
}
