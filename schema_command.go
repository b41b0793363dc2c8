package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/composite/config"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/search"
)

type schemaCommand struct {
	Dialect       string   `enum:"strict,fhir" default:"strict" help:"strict is that of /graphql, fhir that of /fhir/$$graphql." placeholder:"strict|fhir"`
	Instance      string   `help:"With --dialect fhir: the schema of /fhir/TYPE/{id}/$$graphql, which starts inside a resource." placeholder:"TYPE"`
	Types         []string `help:"Narrow the schema to these resource types." placeholder:"TYPE"`
	Introspection bool     `help:"Print the answer to the standard introspection query (JSON) and not the SDL."`
	Client        string   `help:"Print a client's settings for the strict schema: how it tells resources apart, and what implements what." placeholder:"relay|apollo|urql"`
}

// Validate finds the flags that do not go together.
func (c *schemaCommand) Validate() error {
	var errs []error
	if c.Client != "" && !slices.Contains(graph.Clients(), c.Client) {
		errs = append(errs, fmt.Errorf("--client is one of %s, not %q", strings.Join(graph.Clients(), ", "), c.Client))
	}
	if c.Instance != "" && c.Dialect != "fhir" {
		errs = append(errs, errors.New("--instance needs --dialect fhir: /graphql does not start inside a resource"))
	}
	if c.Client != "" && c.Dialect == "fhir" {
		errs = append(errs, fmt.Errorf("--client %s is for the strict schema: answers of the FHIR dialect have a form of their own, so no cache can keep them by the schema", c.Client))
	}
	if c.Client != "" && c.Introspection {
		errs = append(errs, errors.New("--client and --introspection are two outputs: run the command once for each"))
	}
	if c.Instance != "" && len(c.Types) > 0 && !slices.Contains(c.Types, c.Instance) {
		errs = append(errs, fmt.Errorf("--instance %s is not among --types", c.Instance))
	}
	return errors.Join(errs...)
}

// Run prints the schema. It needs no store.
func (c *schemaCommand) Run(root *cli) error {
	s, err := c.schema(root)
	if err != nil {
		return err
	}
	switch {
	case c.Client != "":
		if c.Client == "relay" { // its settings are JSON, which has no place for it
			fmt.Fprintln(os.Stderr, "This is relay.config.json; heliograph schema > schema.graphql goes beside it. The store needs")
			fmt.Fprintln(os.Stderr, "new Environment({ …, getDataID: (record) => record.nodeId }): it keys by id unless it is told.")
		}
		return s.Settings(os.Stdout, c.Client)
	case c.Introspection:
		text, err := s.Introspection(nil)
		if err != nil {
			return err
		}
		_, err = os.Stdout.Write(append(text, '\n'))
		return err
	}
	return s.SDL(os.Stdout, nil)
}

func (c *schemaCommand) schema(root *cli) (*graph.Schema, error) {
	cfg, err := root.configuration(func(cfg *config.Config) {
		if len(c.Types) > 0 {
			cfg.FHIR.Types = c.Types
		}
	})
	if err != nil {
		return nil, err
	}
	f, err := openFHIR(cfg)
	if err != nil {
		return nil, err
	}
	parameters := f.models.Current().Parameters
	if c.Dialect == "strict" {
		return graph.NewSchema(f.defs, parameters, cfg.FHIR.Types)
	}
	if c.Instance != "" && !f.defs.IsResource(c.Instance) {
		return nil, &configError{fmt.Errorf("--instance: %q is no resource type%s", c.Instance, search.Near(f.defs.Resources(), c.Instance))}
	}
	s, err := graph.NewFHIRSchema(f.defs, parameters, cfg.FHIR.Types)
	if err != nil || c.Instance == "" {
		return s, err
	}
	return s.Instance(c.Instance)
}
