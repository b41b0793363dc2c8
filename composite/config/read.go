package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/knadh/koanf/v2"
	"go.yaml.in/yaml/v3"
)

// EnvPrefix begins the names of environment variables that override the file: HELIOGRAPH_LISTEN, HELIOGRAPH_LIMITS_BODY.
const EnvPrefix = "HELIOGRAPH_"

// Read reads a file (none when path is ""), lays environ (as os.Environ gives it) over it, then what set changes (flags), and
// checks the whole. The error lists everything that is wrong, each with its place; the configuration is still returned
// as far as it could be read.
func Read(path string, environ []string, set ...func(*Config)) (Config, error) {
	cfg := Default()
	k := koanf.New(".")
	var problems []error
	lines := map[string]int{}
	if path != "" {
		tree, at, err := parseFile(path)
		if err != nil {
			return cfg, err
		}
		lines = at
		if err := k.Load(mapProvider(tree), nil); err != nil {
			return cfg, fmt.Errorf("%s: %w", path, err)
		}
	}
	keys := leaves(reflect.TypeOf(cfg), "")
	for key, line := range lines {
		if !known(keys, key) {
			problems = append(problems, Problem{Code: "E_UNKNOWN_KEY", Key: key, File: path, Line: line,
				Message: fmt.Sprintf("%s is no setting%s", key, suggestion(maps.Keys(keys), key))})
		}
	}
	wrong, from := fromEnvironment(k, keys, environ)
	problems = append(problems, wrong...)
	if err := k.UnmarshalWithConf("", &cfg, koanf.UnmarshalConf{Tag: "koanf"}); err != nil {
		for _, p := range mistyped(err, keys, from) {
			if from[p.Key] == "" {
				p.File, p.Line = path, lines[p.Key]
			}
			problems = append(problems, p)
		}
	}
	for _, change := range set {
		change(&cfg)
	}
	for _, p := range cfg.Check() {
		p.File, p.Line = path, lines[p.Key]
		problems = append(problems, p)
	}
	slices.SortStableFunc(problems, byLine)
	return cfg, errors.Join(problems...)
}

// byLine puts mistakes in the order of the file, those without a place first.
func byLine(a, b error) int {
	var p, q Problem
	errors.As(a, &p)
	errors.As(b, &q)
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Key, q.Key))
}

// mapProvider gives koanf a tree that is parsed already.
type mapProvider map[string]any

func (m mapProvider) Read() (map[string]any, error) { return m, nil }
func (m mapProvider) ReadBytes() ([]byte, error) {
	return nil, errors.New("config: a tree has no bytes")
}

func parseFile(path string) (map[string]any, map[string]int, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("no configuration file %s", path)
	}
	if err != nil {
		return nil, nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	tree := map[string]any{}
	if len(doc.Content) == 0 {
		return tree, map[string]int{}, nil
	}
	if doc.Content[0].Kind != yaml.MappingNode {
		return nil, nil, fmt.Errorf("%s:%d: a mapping of settings is expected", path, doc.Content[0].Line)
	}
	if err := doc.Content[0].Decode(&tree); err != nil {
		return nil, nil, fmt.Errorf("%s: %s", path, strings.ReplaceAll(err.Error(), "\n", " "))
	}
	lines := map[string]int{}
	collectLines(doc.Content[0], "", lines)
	return tree, lines, nil
}

// collectLines notes the line of each key of a mapping, by its dotted path. Those of mappings in a list have the list's path.
func collectLines(n *yaml.Node, prefix string, lines map[string]int) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := prefix + n.Content[i].Value
		lines[key] = n.Content[i].Line
		values := []*yaml.Node{n.Content[i+1]}
		if values[0].Kind == yaml.SequenceNode {
			values = values[0].Content
		}
		for _, v := range values {
			if v.Kind == yaml.MappingNode {
				collectLines(v, key+".", lines)
			}
		}
	}
}

// leaves are the dotted paths of all settings, with their types; what is in a list has the list's path before its own.
func leaves(t reflect.Type, prefix string) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		key := prefix + f.Tag.Get("koanf")
		out[key] = f.Type
		of := f.Type
		if of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() == reflect.Struct {
			for k, v := range leaves(of, key+".") {
				out[k] = v
			}
		}
	}
	return out
}

func known(keys map[string]reflect.Type, key string) bool {
	_, ok := keys[key]
	return ok
}

// fromEnvironment lays variables over k. It gives what is wrong with them, and the variable that each setting came from.
func fromEnvironment(k *koanf.Koanf, keys map[string]reflect.Type, environ []string) (problems []error, from map[string]string) {
	byName := map[string]string{}
	for key := range keys {
		if list, _, ok := strings.Cut(key, "."); ok && keys[list].Kind() == reflect.Slice {
			continue
		}
		byName[EnvPrefix+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))] = key
	}
	from = map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, EnvPrefix) || reservedEnvironment(name) {
			continue
		}
		key, ok := byName[name]
		if !ok {
			problems = append(problems, Problem{Code: "E_UNKNOWN_KEY",
				Message: fmt.Sprintf("the environment variable %s is no setting%s", name, suggestion(maps.Keys(byName), name))})
			continue
		}
		from[key] = name
		var v any = value
		if keys[key].Kind() == reflect.Slice && keys[key].Elem().Kind() == reflect.String {
			v = strings.Split(value, ",")
		}
		if err := k.Set(key, v); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	return problems, from
}

// reservedEnvironment are variables of the project that are no settings: those of its command line, tests and builds.
func reservedEnvironment(name string) bool {
	switch name {
	case EnvPrefix + "SHARED", EnvPrefix + "CONFIG", EnvPrefix + "KEY":
		return true
	}
	return strings.HasPrefix(name, EnvPrefix+"TEST_")
}
