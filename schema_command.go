package main

import (
	"os"

	"github.com/heliograph/heliograph/composite/config"
	"github.com/heliograph/heliograph/graph"
)

// Run prints the SDL. It needs no store.
func (c *schemaCommand) Run(root *cli) error {
	cfg, err := root.configuration(func(cfg *config.Config) {
		if len(c.Types) > 0 {
			cfg.FHIR.Types = c.Types
		}
	})
	if err != nil {
		return err
	}
	f, err := openFHIR(cfg)
	if err != nil {
		return err
	}
	s, err := graph.NewSchema(f.defs, f.models.Current().Parameters, cfg.FHIR.Types)
	if err != nil {
		return err
	}
	return s.SDL(os.Stdout, nil)
}
