package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/heliograph/heliograph/composite/config"
)

type serveCommand struct {
	Listen   string   `placeholder:"HOST:PORT" help:"Address to listen on (default 127.0.0.1:8080; port 0 takes a free one)."`
	Insecure bool     `help:"Serve beyond this machine without a bearer key."`
	Mode     string   `placeholder:"MODE" help:"development or production (no playground, introspection or suggestions)."`
	Types    []string `placeholder:"TYPE" help:"Narrow the schema to these resource types."`
	Base     string   `placeholder:"URL" help:"URL under which this server is known: absolute references to it are local."`
	URL      string   `placeholder:"URL" help:"URL that the links of REST begin with (default --base), or request: the host that a request names."`
	Sample   int      `placeholder:"N" help:"Load a synthetic population of N patients first if the store is empty."`
}

// Run serves until it is interrupted.
func (c *serveCommand) Run(ctx context.Context, root *cli) error {
	cfg, err := root.configuration(c.apply)
	if err != nil {
		return err
	}
	h, err := open(ctx, cfg, true)
	if err != nil {
		return err
	}
	if c.Sample > 0 {
		if err := h.loadSample(ctx, c.Sample); err != nil {
			return errors.Join(err, h.Close())
		}
	}
	return errors.Join(h.serve(ctx), h.Close())
}

func (c *serveCommand) apply(cfg *config.Config) {
	for to, from := range map[*string]string{&cfg.Listen: c.Listen, &cfg.Mode: c.Mode, &cfg.FHIR.Base: c.Base, &cfg.FHIR.URL: c.URL} {
		if from != "" {
			*to = from
		}
	}
	if len(c.Types) > 0 {
		cfg.FHIR.Types = c.Types
	}
	cfg.Insecure = cfg.Insecure || c.Insecure
}

// shutdown is how long running requests may take when the program is asked to stop.
const shutdown = 20 * time.Second

func (h *house) serve(ctx context.Context) error {
	limitMemory()
	handler, err := h.handler(ctx)
	if err != nil {
		return err
	}
	secure, err := h.tls()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", h.cfg.Listen)
	if err != nil {
		return cannotListen(h.cfg.Listen, err)
	}
	server := &http.Server{
		Handler: handler, TLSConfig: secure, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	defer h.background(ctx)()
	defer h.streams.Close()
	failed := make(chan error, 1)
	go func() { failed <- h.accept(server, listener) }()
	h.announce(listener.Addr())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	h.log.Info("stopping: running requests are finished first", "at most", shutdown)
	h.streams.Close()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdown)
	defer cancel()
	if err := server.Shutdown(end); errors.Is(err, context.DeadlineExceeded) {
		return errors.Join(fmt.Errorf("requests that were still running after %s were cut off", shutdown), server.Close())
	} else if err != nil {
		return err
	}
	return nil
}

func cannotListen(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("cannot listen on %s: a program listens there already; choose another address with --listen", address)
	}
	return fmt.Errorf("cannot listen on %s: %w", address, err)
}

// tls reads the certificate, before anything is said to be served; nil without one.
func (h *house) tls() (*tls.Config, error) {
	if h.cfg.TLS.Certificate == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(h.cfg.TLS.Certificate, h.cfg.TLS.Key)
	if err != nil {
		return nil, fmt.Errorf("tls.certificate %s and tls.key %s cannot be used: %w", h.cfg.TLS.Certificate, h.cfg.TLS.Key, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}, nil
}

func (h *house) accept(server *http.Server, listener net.Listener) error {
	var err error
	if server.TLSConfig != nil {
		err = server.ServeTLS(listener, "", "")
	} else {
		err = server.Serve(listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// limitMemory sets a soft limit, so that the collector works harder before memory runs out. GOMEMLIMIT overrides it.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(1 << 30)
	}
}

// background starts what works beside the requests; stop ends it and waits for it.
func (h *house) background(ctx context.Context) (stop func()) {
	following, end := context.WithCancel(context.WithoutCancel(ctx)) // streams are told that the program stops, not that nothing follows
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { h.feed.Run(following) })
	running.Go(func() { h.watch(ctx) })
	running.Go(func() { h.registry.Run(ctx) })
	return func() {
		cancel()
		end()
		running.Wait()
	}
}

// watch publishes a new snapshot when claims, health or statistics change.
func (h *house) watch(ctx context.Context) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.refresh(ctx)
		}
	}
}

// announce prints the address and what to try, for people.
func (h *house) announce(addr net.Addr) {
	scheme := "http"
	if h.cfg.TLS.Certificate != "" {
		scheme = "https"
	}
	base := scheme + "://" + addr.String()
	h.log.Info("serving", "address", base, "data", h.cfg.Data, "version", version())
	if h.cfg.Store.Durability == "relaxed" {
		h.log.Warn("durability is relaxed: a power loss may lose the last writes")
	}
	fmt.Printf("Heliograph serves FHIR R4 at %s\n\n", base)
	fmt.Printf("  GraphQL      %s/graphql\n  REST         %s/fhir (what it can do: %s/fhir/metadata)\n", base, base, base)
	if h.cfg.On(h.cfg.Playground) {
		fmt.Printf("  playground   %s/\n", base)
	}
	key := ""
	if len(h.cfg.Keys) > 0 {
		key = ` -H "Authorization: Bearer $HELIOGRAPH_KEY"`
	}
	for _, q := range []string{
		`{ PatientList(_count: 3) { id name { family given } birthDate } }`,
		`{ PatientList(_count: 2, _sort: \"-birthdate\") { id ObservationList(_reference: subject, _sort: \"-date\", _count: 2) { code { text } valueQuantity { value unit } } } }`,
		`{ ConditionList(_count: 2) { code { text } subject { resource { ... on Patient { id gender } } } } }`,
	} {
		fmt.Printf("  try          curl -s %s/graphql%s -H 'Content-Type: application/json' -d '{\"query\": \"%s\"}'\n", base, key, q)
	}
	fmt.Printf("  try          curl -s%s '%s/fhir/Patient?_sort=-birthdate&_count=3'\n\n", key, base)
}
