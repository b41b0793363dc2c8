package e2e_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate writes a certificate for 127.0.0.1 and its key, and gives the pool that trusts it.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		text := pem.EncodeToMemory(block)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		pool.AppendCertsFromPEM(text)
	}
	return pool
}

// TestProduction: with TLS, keys and mode: production, nothing but the endpoint answers, to those alone who have a key, each of whom
// sees the data of one tenant.
func TestProduction(t *testing.T) {
	dir := t.TempDir()
	pool := certificate(t, dir)
	const a, b = "key-of-tenant-a-0123", "key-of-tenant-b-0123"
	config := filepath.Join(dir, "heliograph.yaml")
	text := fmt.Sprintf("mode: production\ntls: {certificate: %[1]s/cert.pem, key: %[1]s/key.pem}\nkeys:\n  - {key: %[2]s, tenant: a}\n  - {key: %[3]s, tenant: b}\n", dir, a, b)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, filepath.Join(dir, "data"), "--config", config)
	if !strings.HasPrefix(p.url, "https://") {
		t.Fatal(p.url)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}, Timeout: 30 * time.Second}
	ask := func(method, path, body string, header ...string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		if h := req.Header.Get("Host"); h != "" {
			req.Host = h
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(raw)
	}
	const json, ndjson, patient = "application/json", "application/x-ndjson", `{"resourceType":"Patient","id":"p","gender":"male"}`
	read := `{"query": "{ PatientList { id gender } }"}`
	for _, c := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
		says                     string
	}{
		{"no playground", "GET", "/", "", nil, 404, ""},
		{"no key", "POST", "/graphql", read, []string{"Content-Type", json}, 401, "UNAUTHENTICATED"},
		{"a wrong key", "POST", "/graphql", read, []string{"Content-Type", json, "Authorization", "Bearer " + a + "x"}, 401, ""},
		{"no key for the schema", "GET", "/graphql/schema.json", "", nil, 401, ""},
		{"no schema", "GET", "/graphql/schema.json", "", []string{"Authorization", "Bearer " + a}, 403, "FORBIDDEN"},
		{"no introspection", "POST", "/graphql", `{"query": "{ __schema { types { name } } }"}`, []string{"Content-Type", json, "Authorization", "Bearer " + a}, 0, "FORBIDDEN"},
		{"no suggestion", "POST", "/graphql", `{"query": "{ PatientLst { id } }"}`, []string{"Content-Type", json, "Authorization", "Bearer " + a}, 0, "PatientLst"},
		{"no key for a load", "POST", "/load", patient, []string{"Content-Type", ndjson}, 401, ""},
		{"a load by a page", "POST", "/load", patient, []string{"Content-Type", "text/plain", "Authorization", "Bearer " + a}, 415, ""},
		{"a load from elsewhere", "POST", "/load", patient, []string{"Content-Type", ndjson, "Origin", "https://evil.example", "Authorization", "Bearer " + a}, 403, ""},
		{"a packed load", "POST", "/load", patient, []string{"Content-Type", ndjson, "Content-Encoding", "gzip", "Authorization", "Bearer " + a}, 415, ""},
		{"a load", "POST", "/load", patient, []string{"Content-Type", "application/fhir+ndjson; charset=utf-8", "Authorization", "Bearer " + a}, 200, `"Created":1`},
		{"a reject", "POST", "/load", strings.Replace(patient, "male", "Geheim", 1), []string{"Content-Type", ndjson, "Authorization", "Bearer " + a}, 200, `"Rejected":1`},
		{"its tenant", "POST", "/graphql", read, []string{"Content-Type", json, "Authorization", "Bearer " + a}, 200, `"male"`},
		{"another tenant", "POST", "/graphql", read, []string{"Content-Type", json, "Authorization", "Bearer " + b}, 200, `"PatientList":[]`},
		{"a rebound name", "POST", "/graphql", read, []string{"Content-Type", json, "Host", "evil.example", "Authorization", "Bearer " + a}, 421, ""},
		{"a rebound name for the health", "GET", "/health/ready", "", []string{"Host", "evil.example"}, 421, ""},
	} {
		status, got := ask(c.method, c.path, c.body, c.header...)
		if c.status != 0 && status != c.status || !strings.Contains(got, c.says) || strings.Contains(got, "Geheim") || strings.Contains(got, "Did you mean") {
			t.Errorf("%s: status %d, want %d: %.300s", c.name, status, c.status, got)
		}
	}
	p.stop(t) // its log is whole then
	if strings.Contains(p.stderr.String(), "Geheim") || strings.Contains(p.stderr.String(), a) {
		t.Errorf("the log has what it must not:\n%s", p.stderr)
	}
}

// TestLoadCommand: rejects are kept whatever comes later, and an exit code of 0 means that all of the input is there.
func TestLoadCommand(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	if err := os.Mkdir(in, 0o700); err != nil {
		t.Fatal(err)
	}
	bad, odd := filepath.Join(in, "bad.ndjson"), filepath.Join(in, "a b&lenient=true#.ndjson")
	for path, text := range map[string]string{
		bad: `{"resourceType":"Patient","id":"a","gender":"Geheim"}` + "\n",
		odd: `{"resourceType":"Patient","id":"b","gender":"Geheim"}` + "\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, rejects := filepath.Join(dir, "data"), filepath.Join(in, "rejects.ndjson")
	for run := range 2 {
		code, out, errs := heliograph(t, "--data", data, "load", "--rejects", rejects, in)
		if code != 1 || strings.Contains(out+errs, "Geheim") {
			t.Errorf("run %d: %d %s%s", run, code, out, errs)
		}
		raw, err := os.ReadFile(rejects)
		if err != nil || bytes.Count(raw, []byte("\n")) != 2 {
			t.Errorf("run %d: %v, rejects %s", run, err, raw)
		}
	}
	if code, _, errs := heliograph(t, "--data", data, "load", "--rejects", rejects, "--again", "--lenient", in); code != 0 {
		t.Errorf("leniently: %d %s", code, errs)
	}
	if code, _, errs := heliograph(t, "--data", data, "load", "--tenant", "Clinic A", bad); code != 1 || !strings.Contains(errs, "--tenant") {
		t.Errorf("a tenant that no key can select: %d %s", code, errs)
	}
	p := start(t, filepath.Join(dir, "other"))
	if code, _, errs := heliograph(t, "load", "--to", p.url, odd); code != 1 || !strings.Contains(errs, filepath.Base(odd)) {
		t.Errorf("a name that is odd in a URL: %d %s", code, errs)
	}
	if code, _, errs := heliograph(t, "load", "--to", p.url, "--references", "enforce", odd); code != 1 || !strings.Contains(errs, "--references") {
		t.Errorf("a flag that --to cannot obey: %d %s", code, errs)
	}
}
