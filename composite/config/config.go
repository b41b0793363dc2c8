// Package config reads the program's configuration: one YAML file, environment variables and flags over defaults, checked as a
// whole so that all mistakes show at once. It opens nothing.
package config

import (
	"time"
)

// Config is everything that can be configured. Default gives values that need no file.
type Config struct {
	// Listen is the address to serve on.
	Listen string `koanf:"listen" yaml:"listen"`
	// Data is the folder of the embedded store.
	Data string `koanf:"data" yaml:"data"`
	// Mode is "development" (playground, introspection, suggestions) or "production" (none of them unless switched on).
	Mode       string   `koanf:"mode" yaml:"mode"`
	Playground *bool    `koanf:"playground" yaml:"playground,omitempty"`
	TLS        TLS      `koanf:"tls" yaml:"tls"`
	CORS       CORS     `koanf:"cors" yaml:"cors"`
	Hosts      []string `koanf:"hosts" yaml:"hosts"`
	Keys       []Key    `koanf:"keys" yaml:"keys"`
	FHIR       FHIR     `koanf:"fhir" yaml:"fhir"`
	Store      Store    `koanf:"store" yaml:"store"`
	Limits     Limits   `koanf:"limits" yaml:"limits"`
	Log        Log      `koanf:"log" yaml:"log"`
	Insecure   bool     `koanf:"insecure" yaml:"insecure"`
	GraphQL    GraphQL  `koanf:"graphql" yaml:"graphql"`
	Writes     Writes   `koanf:"writes" yaml:"writes"`

	Subscriptions Subscriptions `koanf:"subscriptions" yaml:"subscriptions"`
}

// TLS names the files of a certificate chain and its key, in PEM.
type TLS struct {
	Certificate string `koanf:"certificate" yaml:"certificate"`
	Key         string `koanf:"key" yaml:"key"`
}

// CORS lists the origins whose pages may call.
type CORS struct {
	Origins []string `koanf:"origins" yaml:"origins"`
}

// Key is a bearer key and the tenant that it selects.
type Key struct {
	// Key is the secret, or ${NAME} for an environment variable, or @FILE.
	Key    string `koanf:"key" yaml:"key"`
	Tenant string `koanf:"tenant" yaml:"tenant"`
}

// FHIR says how resources are read.
type FHIR struct {
	// Types narrows the schema to some resource types; empty is all.
	Types []string `koanf:"types" yaml:"types"`
	// Units compares quantities exact (as stored) or canonical (UCUM).
	Units string `koanf:"units" yaml:"units"`
	// Timezone is that of date-times without one, "Europe/Amsterdam".
	Timezone string `koanf:"timezone" yaml:"timezone"`
	// Base is the URL under which this server is known: absolute references to it are local.
	Base string `koanf:"base" yaml:"base"`
	// URL begins the links of REST; "" is Base, or without one what the request names; "request" is always what the request names.
	URL string `koanf:"url" yaml:"url"`
}

// FromRequest as FHIR.URL takes the host from each request.
const FromRequest = "request"

// Endpoint is the URL of the REST endpoint; "" is that of the request.
func (f *FHIR) Endpoint() string {
	switch f.URL {
	case "":
		return f.Base
	case FromRequest:
		return ""
	}
	return f.URL
}

// Store says how the embedded store keeps its promise.
type Store struct {
	// Durability is "full", or "relaxed": a power loss may then lose the last writes.
	Durability string `koanf:"durability" yaml:"durability"`
	// Readers is the number of reading connections; 0 lets the store choose.
	Readers int `koanf:"readers" yaml:"readers"`
}

// Writes says what clients may write.
type Writes struct {
	// ClientIDs lets an update of an id that was never there create it.
	ClientIDs bool `koanf:"clientids" yaml:"clientids"`
	// Matches is how many resources one conditional delete may remove.
	Matches int `koanf:"matches" yaml:"matches"`
	// Entries and Bytes bound a transaction or batch Bundle.
	Entries int   `koanf:"entries" yaml:"entries"`
	Bytes   int64 `koanf:"bytes" yaml:"bytes"`
}

// Subscriptions bound the streams of results over WebSocket and server-sent events.
type Subscriptions struct {
	// Connections is how many streams may be open at a time; Operations is how many one of them may run.
	Connections int `koanf:"connections" yaml:"connections"`
	Operations  int `koanf:"operations" yaml:"operations"`
	// Followers is how many subscriptions may run at a time; Buffer is how many events each may lag behind.
	Followers int `koanf:"followers" yaml:"followers"`
	Buffer    int `koanf:"buffer" yaml:"buffer"`
	// Bytes is how much of resources may wait for all of them together.
	Bytes int64 `koanf:"bytes" yaml:"bytes"`
}

// GraphQL switches parts of the endpoint on or off; unset follows the mode.
type GraphQL struct {
	Introspection *bool `koanf:"introspection" yaml:"introspection,omitempty"`
	Suggestions   *bool `koanf:"suggestions" yaml:"suggestions,omitempty"`
	Explain       *bool `koanf:"explain" yaml:"explain,omitempty"`
}

// Limits bound one request.
type Limits struct {
	// Body is the greatest size of a GraphQL request, in bytes; that of a mutation may be Resource.
	Body int64 `koanf:"body" yaml:"body"`
	// Resource is the greatest size of a resource that is written, in bytes.
	Resource int64 `koanf:"resource" yaml:"resource"`
	// Tokens, Depth, Aliases, RootFields, Selections, Repeats and Fields bound a GraphQL document.
	Tokens     int `koanf:"tokens" yaml:"tokens"`
	Depth      int `koanf:"depth" yaml:"depth"`
	Aliases    int `koanf:"aliases" yaml:"aliases"`
	RootFields int `koanf:"root_fields" yaml:"root_fields"`
	Selections int `koanf:"selections" yaml:"selections"`
	Repeats    int `koanf:"repeats" yaml:"repeats"`
	Fields     int `koanf:"fields" yaml:"fields"`
	// Variables is how many values the variables of a request have, Batch how many requests an array of them.
	Variables int `koanf:"variables" yaml:"variables"`
	Batch     int `koanf:"batch" yaml:"batch"`
	// Cost is what an operation may cost by its estimate: rows times fields.
	Cost int `koanf:"cost" yaml:"cost"`
	// List is the greatest length of a list without _count; Rows that of all lists of an operation together.
	List int `koanf:"list" yaml:"list"`
	Rows int `koanf:"rows" yaml:"rows"`
	// Response is the greatest size of a GraphQL response, in bytes.
	Response int `koanf:"response" yaml:"response"`
	// Scanned is how many resources an operation may read through for what no index decides; IDs how many ids it may hold meanwhile.
	Scanned int `koanf:"scanned" yaml:"scanned"`
	IDs     int `koanf:"ids" yaml:"ids"`
	// Read is how many bytes of resources an operation may read; Steps is what its FHIRPath expressions may take.
	Read  int `koanf:"read" yaml:"read"`
	Steps int `koanf:"steps" yaml:"steps"`
	// Errors is how many errors a response lists; Queries is how many queries are kept compiled, and how many persisted.
	Errors  int `koanf:"errors" yaml:"errors"`
	Queries int `koanf:"queries" yaml:"queries"`
	// Requests is how many operations run at a time; the others wait, and are refused when they have waited for Time.
	Requests int `koanf:"requests" yaml:"requests"`
	// Time is how long an operation may take.
	Time time.Duration `koanf:"time" yaml:"time"`
}

// Log says what is logged.
type Log struct {
	// Level is debug, info, warn or error; Format text or json.
	Level  string `koanf:"level" yaml:"level"`
	Format string `koanf:"format" yaml:"format"`
}

// Default is the configuration without any file.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8080",
		Data:   "./heliograph-data",
		Mode:   "development",
		FHIR:   FHIR{Units: "exact"},
		Store:  Store{Durability: "full"},
		Limits: Limits{
			Body: 1 << 20, Resource: 16 << 20, Tokens: 20_000, Depth: 40, Aliases: 500, RootFields: 200, Selections: 5_000,
			Repeats: 50, Fields: 5_000, Variables: 500_000, Batch: 20, Cost: 5_000_000, List: 1_000, Rows: 100_000, Response: 64 << 20,
			Scanned: 100_000, IDs: 1_000_000, Read: 256 << 20, Steps: 50_000_000, Errors: 500, Queries: 1_000, Requests: 64, Time: 30 * time.Second,
		},
		Log:    Log{Level: "info", Format: "text"},
		Writes: Writes{ClientIDs: true, Matches: 1000, Entries: 25_000, Bytes: 256 << 20},

		Subscriptions: Subscriptions{Connections: 2_000, Operations: 100, Followers: 10_000, Buffer: 1_000, Bytes: 64 << 20},
	}
}

// Production says whether the mode is production.
func (c *Config) Production() bool { return c.Mode == "production" }

// On resolves a switch that follows the mode when it is not set.
func (c *Config) On(set *bool) bool {
	if set != nil {
		return *set
	}
	return !c.Production()
}
