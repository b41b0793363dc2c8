// Package httpguard keeps out HTTP requests that a browser was tricked into, and finds out on whose behalf a request runs. It
// knows nothing of FHIR.
package httpguard

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Guard checks where a request comes from. No cookie is ever a credential.
type Guard struct {
	// Hosts are the names under which this server may be addressed besides the listening address and loopback names; "*" is any.
	Hosts []string
	// Listen is the address that the server listens on.
	Listen string
	// Origins are those whose pages may call, besides our own.
	Origins []string
}

// Wrap refuses requests addressed to a foreign host (421: a rebound name) or sent by a page of a foreign origin (403).
func (g Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.hostAllowed(r.Host) {
			http.Error(w, "this server is not addressed by that host; set hosts in the configuration", http.StatusMisdirectedRequest)
			return
		}
		if !g.originAllowed(r) {
			http.Error(w, "requests from pages of that origin are not allowed; set cors.origins in the configuration", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (g Guard) hostAllowed(host string) bool {
	name := hostname(host)
	if name == "localhost" || contains(g.Hosts, "*") || contains(g.Hosts, name) {
		return true
	}
	if ip := net.ParseIP(name); ip != nil {
		return true // an address cannot be rebound
	}
	return strings.EqualFold(name, hostname(g.Listen))
}

// contains ignores case, as the names of hosts do.
func contains(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// originAllowed looks at Origin and, where a browser leaves that out, at Sec-Fetch-Site.
func (g Guard) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		site := r.Header.Get("Sec-Fetch-Site")
		if site == "" || site == "same-origin" || site == "none" {
			return true
		}
		// A link from elsewhere may open the page; it may not run a query.
		return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.URL.RawQuery == ""
	}
	if contains(g.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

// Keys are bearer keys and the tenants that they select. Keys are held as hashes.
type Keys struct {
	entries []entry
	tenant  string
}

type entry struct {
	hash   [sha256.Size]byte
	tenant string
}

// NewKeys makes a set of keys; fallback is the tenant of requests when there are none at all.
func NewKeys(fallback string) *Keys { return &Keys{tenant: fallback} }

// Add adds a key.
func (k *Keys) Add(secret, tenant string) {
	k.entries = append(k.entries, entry{sha256.Sum256([]byte(secret)), tenant})
}

// Tenant gives the tenant of a request; false if keys are configured and the request has none of them. Every key is
// compared, in constant time.
func (k *Keys) Tenant(r *http.Request) (string, bool) {
	if len(k.entries) == 0 {
		return k.tenant, true
	}
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	hash := sha256.Sum256([]byte(strings.TrimSpace(secret)))
	found, tenant := false, ""
	for _, e := range k.entries {
		if subtle.ConstantTimeCompare(hash[:], e.hash[:]) == 1 {
			found, tenant = true, e.tenant
		}
	}
	return tenant, found
}
