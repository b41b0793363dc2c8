package config

import (
	"fmt"
	"iter"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"

	"github.com/heliograph/heliograph/fhir"
)

// Problem is one mistake in a configuration.
type Problem struct {
	// Code is stable, E_… for errors.
	Code string
	// Key is the setting's dotted path; File and Line where it stands, when known.
	Key, File string
	Line      int
	Message   string
}

// Error is "file:line: CODE message".
func (p Problem) Error() string {
	where := ""
	if p.File != "" {
		where = p.File
		if p.Line > 0 {
			where += fmt.Sprintf(":%d", p.Line)
		}
		where += ": "
	}
	return where + p.Code + " " + p.Message
}

// Check gives everything that is wrong with the values.
func (c *Config) Check() []Problem {
	var out []Problem
	add := func(code, key, format string, args ...any) {
		out = append(out, Problem{Code: code, Key: key, Message: key + ": " + fmt.Sprintf(format, args...)})
	}
	oneOf := func(key, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			add("E_VALUE", key, "%q is none of %s", value, strings.Join(allowed, ", "))
		}
	}
	oneOf("mode", c.Mode, "development", "production")
	oneOf("fhir.units", c.FHIR.Units, "exact", "canonical")
	oneOf("store.durability", c.Store.Durability, "full", "relaxed")
	oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf("log.format", c.Log.Format, "text", "json")
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		add("E_VALUE", "listen", "%q is no address; write host:port, 127.0.0.1:8080", c.Listen)
	}
	if (c.TLS.Certificate == "") != (c.TLS.Key == "") {
		add("E_TLS", "tls", "certificate and key go together")
	}
	if _, err := time.LoadLocation(c.FHIR.Timezone); err != nil {
		add("E_VALUE", "fhir.timezone", "%q is no time zone; write Europe/Amsterdam, say", c.FHIR.Timezone)
	}
	for _, name := range c.FHIR.Types {
		if defs := fhir.R4(); !defs.IsResource(name) {
			add("E_VALUE", "fhir.types", "%q is no resource type of FHIR %s%s", name, defs.Version, suggestion(slices.Values(defs.Resources()), name))
		}
	}
	for _, o := range c.CORS.Origins {
		if u, err := url.Parse(o); err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" || strings.Contains(o, "*") {
			add("E_VALUE", "cors.origins", "%q is no origin; write https://app.example.org", o)
		}
	}
	for _, h := range c.Hosts {
		if h == "" || strings.ContainsAny(h, ":/ ") {
			add("E_VALUE", "hosts", "%q is no host; write fhir.example.org, without scheme and port", h)
		}
	}
	if u, err := url.Parse(c.FHIR.URL); c.FHIR.URL != "" && c.FHIR.URL != FromRequest && (err != nil || u.Scheme == "" || u.Host == "") {
		add("E_VALUE", "fhir.url", "%q is no URL; write https://fhir.example.org/fhir, or %s", c.FHIR.URL, FromRequest)
	}
	if u, err := url.Parse(c.FHIR.Base); c.FHIR.Base != "" && (err != nil || u.Scheme == "" || u.Host == "") {
		add("E_VALUE", "fhir.base", "%q is no URL; write https://fhir.example.org/r4", c.FHIR.Base)
	}
	c.checkKeys(add)
	c.checkRanges(add)
	return out
}

func (c *Config) checkKeys(add func(code, key, format string, args ...any)) {
	seen := map[string]int{}
	for i, k := range c.Keys {
		secret, err := k.Secret()
		switch {
		case err != nil:
			add("E_SECRET", "keys", "entry %d: %v", i+1, err)
		case len(secret) < 16:
			add("E_SECRET", "keys", "entry %d: a key has at least 16 characters", i+1)
		case seen[secret] > 0:
			add("E_SECRET", "keys", "entry %d: the key is that of entry %d; one key selects one tenant", i+1, seen[secret])
		}
		seen[secret] = i + 1
		if k.Tenant != "" && !ValidTenant(k.Tenant) {
			add("E_VALUE", "keys", "entry %d: a tenant is of lower-case letters, digits, - and _, at most 40", i+1)
		}
	}
	if c.Open() && len(c.Keys) == 0 && !c.Insecure {
		add("E_OPEN", "listen", "%s can be reached from other machines and no bearer key is configured: set keys, or --insecure", c.Listen)
	}
}

func (c *Config) checkRanges(add func(code, key, format string, args ...any)) {
	positive := func(key string, v int64) {
		if v <= 0 {
			add("E_RANGE", key, "%d is not above 0", v)
		}
	}
	l := c.Limits
	positive("limits.body", l.Body)
	positive("limits.resource", l.Resource)
	for _, of := range []struct {
		name string
		n    int
	}{
		{"tokens", l.Tokens}, {"depth", l.Depth}, {"aliases", l.Aliases}, {"root_fields", l.RootFields}, {"selections", l.Selections},
		{"repeats", l.Repeats}, {"fields", l.Fields}, {"variables", l.Variables}, {"batch", l.Batch}, {"cost", l.Cost}, {"list", l.List},
		{"rows", l.Rows}, {"response", l.Response}, {"scanned", l.Scanned}, {"ids", l.IDs}, {"read", l.Read}, {"steps", l.Steps},
		{"errors", l.Errors}, {"queries", l.Queries}, {"requests", l.Requests},
	} {
		positive("limits."+of.name, int64(of.n))
	}
	positive("writes.matches", int64(c.Writes.Matches))
	positive("writes.entries", int64(c.Writes.Entries))
	positive("writes.bytes", c.Writes.Bytes)
	positive("subscriptions.connections", int64(c.Subscriptions.Connections))
	positive("subscriptions.operations", int64(c.Subscriptions.Operations))
	positive("subscriptions.followers", int64(c.Subscriptions.Followers))
	positive("subscriptions.buffer", int64(c.Subscriptions.Buffer))
	positive("subscriptions.bytes", c.Subscriptions.Bytes)
	if l.Time <= 0 {
		add("E_RANGE", "limits.time", "%s is not above 0; write 30s, say", l.Time)
	} else if l.Time < time.Millisecond {
		add("E_RANGE", "limits.time", "%s is below 1ms; write 30s, say: a number alone is of nanoseconds", l.Time)
	}
	if c.Store.Readers < 0 || c.Store.Readers > 64 {
		add("E_RANGE", "store.readers", "%d is not from 0 to 64", c.Store.Readers)
	}
}

// Open says whether the address can be reached from other machines.
func (c *Config) Open() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host != "localhost" && (ip == nil || !ip.IsLoopback())
}

// Secret resolves the key: ${NAME} from the environment, @FILE from a file, else as it stands, without blanks around it. Its errors name the source, not
// the secret.
func (k Key) Secret() (string, error) {
	if name, ok := strings.CutPrefix(k.Key, "${"); ok && strings.HasSuffix(name, "}") {
		name = strings.TrimSuffix(name, "}")
		if v, ok := os.LookupEnv(name); ok {
			return strings.TrimSpace(v), nil
		}
		return "", fmt.Errorf("the environment variable %s is not set", name)
	}
	if file, ok := strings.CutPrefix(k.Key, "@"); ok {
		raw, err := os.ReadFile(file)
		return strings.TrimSpace(string(raw)), err
	}
	return strings.TrimSpace(k.Key), nil
}

// ValidTenant says whether s can be a tenant: 1 to 40 lower-case letters, digits, - and _.
func ValidTenant(s string) bool {
	if len(s) > 40 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return s != ""
}

// suggestion names what is nearest to a misspelt setting or variable, if anything is near.
func suggestion(names iter.Seq[string], key string) string {
	best, distance := "", 4
	for k := range names {
		if d := levenshtein.ComputeDistance(k, key); d < distance || d == distance && k < best {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}
