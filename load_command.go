package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/composite/config"
	"github.com/heliograph/heliograph/load"
)

type loadCommand struct {
	Paths      []string `arg:"" name:"path" type:"existing" help:"Files and folders."`
	Lenient    bool     `help:"Accept what legacy data bends: unknown codes, missing elements and the like."`
	Restamp    bool     `help:"Give the time of the load as meta.lastUpdated instead of keeping what is there."`
	References string   `enum:"off,warn,enforce" default:"off" help:"What becomes of references to what is neither in the store nor in the input: off, warn, enforce."`
	Rejects    string   `type:"path" default:"heliograph.rejects.ndjson" placeholder:"FILE" help:"File to append what could not be loaded to (default heliograph.rejects.ndjson)."`
	Again      bool     `help:"Read files that were loaded before."`
	Tenant     string   `default:"main" help:"Tenant that receives the data."`
	To         string   `placeholder:"URL" help:"Send the files to a running server instead of opening the data folder."`
	Key        string   `env:"HELIOGRAPH_KEY" placeholder:"KEY" help:"Bearer key for --to."`
}

// errRejects ends the program with code 1 after the summary has said why.
var errRejects = errors.New("some of the input was rejected")

// Run loads into the data folder, or sends to a server.
func (c *loadCommand) Run(ctx context.Context, root *cli) error {
	for _, path := range c.Paths {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("there is no file or folder %s that can be read", path)
		}
	}
	if c.To != "" {
		return c.send(ctx)
	}
	return c.here(ctx, root)
}

// here opens the data folder and loads into it.
func (c *loadCommand) here(ctx context.Context, root *cli) error {
	if !config.ValidTenant(c.Tenant) {
		return errors.New("--tenant is of lower-case letters, digits, - and _, at most 40: no key selects another")
	}
	cfg, err := root.configuration()
	if err != nil {
		return err
	}
	h, err := open(ctx, cfg, false)
	if err != nil {
		return inUse(err, "a server that runs takes data with --to http://"+cfg.Listen)
	}
	rejects := &lazyFile{path: c.Rejects}
	show := newDisplay(os.Stderr)
	l, err := load.New(load.Config{
		Target: h.registry, Intake: h.intake, Tenant: c.Tenant, References: load.References(c.References), Again: c.Again,
		Admission: composite.Admission{Lenient: c.Lenient, Restamp: c.Restamp},
		Rejects:   rejects, RejectsFile: c.Rejects, Report: show.reject, Bent: show.bent, Progress: show.progress, Logger: h.log,
	})
	if err != nil {
		return errors.Join(err, h.Close())
	}
	sum, err := l.Run(ctx, c.Paths...)
	began := sum.Files+sum.SkippedFiles > 0 || sum.Loaded()+sum.Rejected > 0
	if err == nil || began {
		show.end(sum)
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("it was interrupted")
	}
	err = errors.Join(err, rejects.Close(), h.Close())
	if sum.Rejected > 0 && rejects.file != nil {
		fmt.Fprintf(os.Stderr, "%d rejected; they are in %s\n", sum.Rejected, c.Rejects)
	}
	if sum.RejectedBefore > 0 {
		fmt.Fprintf(os.Stderr, "%d had been rejected by earlier loads of the same files; --again tries them once more\n", sum.RejectedBefore)
	}
	switch {
	case err != nil && !began:
		return fmt.Errorf("nothing was loaded: %w", err)
	case err != nil:
		return fmt.Errorf("the load stopped; run it again and it goes on where it was: %w", err)
	case sum.Rejected+sum.RejectedBefore > 0:
		return errRejects
	}
	return nil
}

// send streams NDJSON files to a server's /load.
func (c *loadCommand) send(ctx context.Context) error {
	if c.References != string(load.Off) || c.Again || c.Tenant != defaultTenant {
		return errors.New("--to takes no --references, --again or --tenant: the key selects the tenant, and a server remembers no files")
	}
	var sent, rejected int64
	for _, root := range c.Paths {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			sum, err := c.sendFile(ctx, path)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			sent++
			rejected += sum.Rejected
			fmt.Fprintf(os.Stderr, "%s: %d created, %d updated, %d unchanged, %d rejected\n", path, sum.Created, sum.Updated, sum.Unchanged, sum.Rejected)
			return nil
		})
		if err != nil {
			return err
		}
	}
	switch {
	case sent == 0:
		return errors.New("nothing was sent: there is no .ndjson file")
	case rejected > 0:
		return errRejects
	}
	return nil
}

func (c *loadCommand) sendFile(ctx context.Context, path string) (sum load.Summary, err error) {
	if !strings.HasSuffix(path, ".ndjson") {
		return sum, errors.New("only .ndjson files can be sent to a server; load others into the data folder while no server uses it")
	}
	in, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer in.Close()
	query := url.Values{"name": {filepath.Base(path)}}
	if c.Lenient {
		query.Set("lenient", "true")
	}
	if c.Restamp {
		query.Set("restamp", "true")
	}
	address, err := remote(c.To, "/load?"+query.Encode())
	if err != nil {
		return sum, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, in)
	if err != nil {
		return sum, err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	if c.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.Key)
	}
	resp, err := reach(c.To, req)
	if err != nil {
		return sum, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
		return sum, fmt.Errorf("the server answered %s: %s", resp.Status, strings.TrimSpace(string(text)))
	}
	var answer loadAnswer
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return sum, err
	}
	for _, r := range answer.Rejects {
		printReject(os.Stderr, r)
	}
	if more := answer.Summary.Rejected - int64(len(answer.Rejects)); more > 0 {
		fmt.Fprintf(os.Stderr, "%d more were rejected than the server lists\n", more)
	}
	return answer.Summary, nil
}

// lazyFile makes its file at the first write, readable for its owner alone: rejects hold patient data. What is there stays: it may be
// what the load that this one goes on with could not load.
type lazyFile struct {
	path string
	file *os.File
}

func (f *lazyFile) Write(p []byte) (int, error) {
	if f.file == nil {
		var err error
		if f.file, err = os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
			return 0, err
		}
	}
	return f.file.Write(p)
}

func (f *lazyFile) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}
