package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/composite/config"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heliograph.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMistakes: whatever is wrong is said with its code and place, and nothing that is written is passed over.
func TestMistakes(t *testing.T) {
	const key = "0123456789abcdef"
	for _, c := range []struct{ name, text, says string }{
		{"a setting within a key", "keys:\n  - key: " + key + "\n    tenat: clinic\n", ":3: E_UNKNOWN_KEY keys.tenat is no setting; did you mean keys.tenant?"},
		{"a setting twice", "mode: production\nmode: development\n", "already defined"},
		{"a list for a mapping", "- mode\n", ":1: a mapping of settings is expected"},
		{"a text for a number", "mode: production\nlimits:\n  depth: deep\n", ":3: E_TYPE limits.depth: a whole number is expected"},
		{"a text for a switch", "writes: {clientids: perhaps}\n", ":1: E_TYPE writes.clientids: true or false is expected"},
		{"a text for a duration", "limits: {time: soon}\n", "E_TYPE limits.time: a duration such as 500ms, 30s or 2m is expected"},
		{"a number for a mapping", "limits: 3\n", ":1: E_TYPE limits: a mapping of settings is expected"},
		{"a type that is none", "fhir:\n  types: [Patient, Observaton]\n", `:2: E_VALUE fhir.types: "Observaton" is no resource type of FHIR 4.0.1; did you mean Observation?`},
		{"a negative time", "limits: {time: -3s}\n", "limits.time: -3s is not above 0"},
		{"a number for a duration", "limits:\n  time: 30\n", "limits.time: 30ns is below 1ms; write 30s"},
		{"an empty time", "limits:\n  time: 0s\n", "E_RANGE limits.time"},
		{"an origin with a wildcard", "cors:\n  origins: [\"https://*.example.org\"]\n", "E_VALUE cors.origins"},
		{"an origin without a scheme", "cors:\n  origins: [\"app.example.org:80\"]\n", "E_VALUE cors.origins"},
		{"a host with a port", "hosts: [\"fhir.example.org:8080\"]\n", "E_VALUE hosts"},
		{"a base that is no URL", "fhir:\n  base: example.org/fhir\n", "E_VALUE fhir.base"},
		{"a key twice", "keys:\n  - {key: " + key + ", tenant: a}\n  - {key: " + key + ", tenant: b}\n", "E_SECRET keys: entry 2"},
		{"a key of blanks", "keys:\n  - key: \"                    \"\n", "E_SECRET keys: entry 1"},
		{"no tenant", "keys:\n  - {key: " + key + ", tenant: A}\n", "E_VALUE keys: entry 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := config.Read(file(t, c.text), nil)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %s", err, c.says)
			}
			if strings.Contains(err.Error(), key) {
				t.Errorf("the message has the key: %v", err)
			}
		})
	}
}

// TestLayers: the environment goes over the file, flags over both.
func TestLayers(t *testing.T) {
	path := file(t, "listen: 127.0.0.1:1\ndata: a\nlimits: {depth: 7, time: 5s}\nfhir: {types: [Patient]}\n")
	environ := []string{"HELIOGRAPH_DATA=b", "HELIOGRAPH_LIMITS_TIME=2m", "HELIOGRAPH_FHIR_TYPES=Patient,Group", "HELIOGRAPH_PLAYGROUND=false", "HELIOGRAPH_KEY=x"}
	got, err := config.Read(path, environ, func(c *config.Config) { c.Listen = "127.0.0.1:2" })
	if err != nil {
		t.Fatal(err)
	}
	if got.Listen != "127.0.0.1:2" || got.Data != "b" || got.Limits.Depth != 7 || got.Limits.Time != 2*time.Minute ||
		len(got.FHIR.Types) != 2 || got.On(got.Playground) || got.Limits.Tokens != config.Default().Limits.Tokens {
		t.Errorf("%+v", got)
	}
	if _, err := config.Read("", []string{"HELIOGRAPH_LISTNE=x"}); err == nil || !strings.Contains(err.Error(), "HELIOGRAPH_LISTNE") {
		t.Errorf("%v", err)
	}
	_, err = config.Read("", []string{"HELIOGRAPH_LIMITS_LST=1", "HELIOGRAPH_LIMITS_LIST=x"})
	for _, says := range []string{"did you mean HELIOGRAPH_LIMITS_LIST?", "the environment variable HELIOGRAPH_LIMITS_LIST: a whole number is expected"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		}
	}
	if _, err := config.Read("", []string{"HELIOGRAPH_KEYS=0123456789abcdef"}); err == nil {
		t.Error("a list of keys was read from the environment")
	}
}

// TestLimitsArePositive: every limit is checked, one that was added last as well.
func TestLimitsArePositive(t *testing.T) {
	limits := reflect.TypeFor[config.Limits]()
	for i := range limits.NumField() {
		name := limits.Field(i).Tag.Get("koanf")
		value := "0"
		if name == "time" {
			value = "0s"
		}
		if _, err := config.Read(file(t, "limits:\n  "+name+": "+value+"\n"), nil); err == nil || !strings.Contains(err.Error(), ":2: E_RANGE limits."+name) {
			t.Errorf("limits.%s: %s is taken: %v", name, value, err)
		}
	}
}
