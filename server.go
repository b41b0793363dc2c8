// Command heliograph is a GraphQL and REST gateway for FHIR R4 over polyglot persistence. Package main reads the configuration,
// opens the stores, wires the parts together and serves; it has no logic of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/heliograph/heliograph/composite/config"
)

// cli is the command line. Flags override the environment, which overrides the file.
type cli struct {
	Config   string `short:"c" type:"path" env:"HELIOGRAPH_CONFIG" placeholder:"FILE" help:"Configuration file (YAML). Everything has a default."`
	Data     string `short:"d" placeholder:"DIR" help:"Data folder (default ./heliograph-data)."`
	LogLevel string `placeholder:"LEVEL" help:"debug, info, warn or error (default info)."`

	Serve   serveCommand   `cmd:"" help:"Serve GraphQL and FHIR REST."`
	Load    loadCommand    `cmd:"" help:"Load NDJSON files and Bundles (plain, .gz, .zst; files and folders)."`
	Explain explainCommand `cmd:"" help:"Print the plan of a query, or with --analyze run it and print what each part did."`
	Schema  schemaCommand  `cmd:"" help:"Print the GraphQL schema (SDL)."`
	Sample  sampleCommand  `cmd:"" help:"Write a synthetic population as NDJSON."`
	Backup  backupCommand  `cmd:"" help:"Copy the embedded store to a file, also while it is being served."`
	Restore restoreCommand `cmd:"" help:"Make a data folder from a backup. The change log gets a new epoch."`
	Check   configCommand  `cmd:"" name:"config" help:"Work with configuration files."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:])) }

// run runs a command line and gives the exit code: 0, 1 for a failure, 2 for a wrong command line or configuration.
func run(args []string) int {
	var c cli
	parser, err := kong.New(&c, kong.Name("heliograph"),
		kong.Description("A GraphQL and FHIR REST gateway for FHIR R4 over polyglot persistence."),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(os.Stderr, "heliograph:", err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "heliograph:", err)
		fmt.Fprintln(os.Stderr, "Run heliograph --help to see the commands and flags.")
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(&c)
	var wrong *configError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintln(os.Stderr, "heliograph: the configuration is wrong:")
		fmt.Fprintln(os.Stderr, "  "+strings.ReplaceAll(wrong.Error(), "\n", "\n  "))
		return 2
	case errors.Is(err, errRejects):
		return 1
	}
	fmt.Fprintln(os.Stderr, "heliograph:", err)
	return 1
}

// configError is a wrong configuration.
type configError struct{ error }

// configuration reads file and environment and lays the flags over them; set changes what the command's own flags say.
func (c *cli) configuration(set ...func(*config.Config)) (config.Config, error) {
	cfg, err := config.Read(c.Config, os.Environ(), append(set, func(cfg *config.Config) {
		if c.Data != "" {
			cfg.Data = c.Data
		}
		if c.LogLevel != "" {
			cfg.Log.Level = c.LogLevel
		}
	})...)
	if err != nil {
		return cfg, &configError{err}
	}
	return cfg, nil
}
