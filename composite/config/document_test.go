package config

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestDocumented: docs/configuration.md has a row for each setting, with the name of its environment variable, and no other row.
func TestDocumented(t *testing.T) {
	raw, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|").FindAllStringSubmatch(string(raw), -1) {
		rows[m[1]] = true
	}
	for key, typ := range leaves(reflect.TypeFor[Config](), "") {
		if typ.Kind() == reflect.Struct || strings.HasPrefix(key, "keys.") { // the parts of an entry are in the row of keys
			continue
		}
		if !rows[key] {
			t.Errorf("the page has no row for %s", key)
		}
		variable := EnvPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
		if typ.Kind() != reflect.Slice && !strings.Contains(string(raw), variable) {
			t.Errorf("the page does not name %s", variable)
		}
		delete(rows, key)
	}
	for key := range rows {
		t.Errorf("the page has a row for %s, which is no setting", key)
	}
}
