package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/sample"
)

type sampleCommand struct {
	Patients int    `short:"n" default:"60" help:"Number of patients; each has about seventy resources."`
	Seed     uint64 `default:"1" help:"Equal seeds give equal bytes."`
	Out      string `short:"o" type:"path" default:"sample" placeholder:"DIR" help:"Folder for the NDJSON files, one a resource type."`
}

// Run writes the population.
func (c *sampleCommand) Run(context.Context) error {
	sum, err := sample.WriteNDJSON(c.Out, sample.Config{Patients: c.Patients, Seed: c.Seed})
	if err != nil {
		return err
	}
	for _, t := range sum.Types {
		fmt.Printf("%-24s %7d resources %7d versions\n", t.Type, t.Resources, t.Versions)
	}
	fmt.Printf("%d resources in %s\n", sum.Resources(), c.Out)
	return nil
}

type backupCommand struct {
	File string `arg:"" type:"path" help:"File to write; it must not exist."`
}

// Run copies the store, beside a running server too.
func (c *backupCommand) Run(ctx context.Context, root *cli) error {
	cfg, err := root.configuration()
	if err != nil {
		return err
	}
	began := time.Now()
	at, err := sqlite.BackupFolder(ctx, cfg.Data, c.File)
	if err != nil {
		return err
	}
	fmt.Printf("%s is a backup of %s up to position %d, made in %s\n", c.File, cfg.Data, at, time.Since(began).Round(time.Millisecond))
	return nil
}

type restoreCommand struct {
	File string `arg:"" type:"existingfile" help:"A file that heliograph backup wrote."`
}

// Run makes the data folder anew.
func (c *restoreCommand) Run(ctx context.Context, root *cli) error {
	cfg, err := root.configuration()
	if err != nil {
		return err
	}
	head, err := sqlite.Restore(ctx, c.File, cfg.Data)
	if err != nil {
		return fmt.Errorf("%s was not restored: %w", c.File, err)
	}
	fmt.Printf("%s holds the backup up to position %d; its epoch is new, so tokens and secondaries of the old one are refused\n", cfg.Data, head.Position)
	return nil
}

type configCommand struct {
	Check configCheckCommand `cmd:"" help:"Check a configuration file; prints everything that is wrong with it."`
}

type configCheckCommand struct {
	File string `arg:"" optional:"" type:"path" help:"The file; --config or none when left out."`
}

// Run checks file, environment and flags together.
func (c *configCheckCommand) Run(root *cli) error {
	if c.File != "" {
		root.Config = c.File
	}
	cfg, err := root.configuration()
	if err != nil {
		return err
	}
	f, err := openFHIR(cfg)
	if err != nil {
		return err
	}
	if _, err := graph.NewSchema(f.defs, f.models.Current().Parameters, cfg.FHIR.Types); err != nil {
		return &configError{fmt.Errorf("fhir.types: %w", err)}
	}
	name := root.Config
	if name == "" {
		name = "the default configuration"
	}
	fmt.Println(name, "is fine")
	return nil
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	_, err := io.WriteString(os.Stdout, "heliograph "+version()+"\n")
	return err
}

// version is that of the module, with the commit where the build knows it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "development"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			v += " " + s.Value[:12]
		}
	}
	return v
}
