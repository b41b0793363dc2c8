package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/heliograph/heliograph/search"
)

type explainCommand struct {
	Query     string `arg:"" help:"A GraphQL query; - reads it from standard input."`
	Analyze   bool   `help:"Run it, and print what each part of the plan did."`
	Variables string `placeholder:"JSON" help:"Values of the query's variables."`
	To        string `placeholder:"URL" help:"Ask a running server instead of opening the data folder."`
	Key       string `env:"HELIOGRAPH_KEY" placeholder:"KEY" help:"Bearer key for --to."`
}

// Run prints the plan.
func (c *explainCommand) Run(ctx context.Context, root *cli) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	mode := "plan-only"
	if c.Analyze {
		mode = "analyze"
	}
	header := http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "X-Heliograph-Explain": {mode},
	}
	if c.Key != "" {
		header.Set("Authorization", "Bearer "+c.Key)
	}
	var answer []byte
	if c.To != "" {
		answer, err = ask(ctx, c.To, header, body)
	} else {
		answer, err = c.askHere(ctx, root, header, body)
	}
	if err != nil {
		return err
	}
	return printPlan(answer)
}

func (c *explainCommand) body() ([]byte, error) {
	query := c.Query
	if query == "-" {
		raw, err := io.ReadAll(os.Stdin)
		if err != nil {
			return nil, err
		}
		query = string(raw)
	}
	request := map[string]any{"query": query}
	if c.Variables != "" {
		if !json.Valid([]byte(c.Variables)) {
			return nil, errors.New("--variables is no JSON object")
		}
		request["variables"] = json.RawMessage(c.Variables)
	}
	return json.Marshal(request)
}

func ask(ctx context.Context, to string, header http.Header, body []byte) ([]byte, error) {
	url, err := remote(to, "/graphql")
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = header
	resp, err := reach(to, req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// askHere opens the data folder and asks the handler itself.
func (c *explainCommand) askHere(ctx context.Context, root *cli, header http.Header, body []byte) ([]byte, error) {
	cfg, err := root.configuration()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(cfg.Data); err != nil {
		return nil, fmt.Errorf("there is no data folder %s; name one with --data, or a running server with --to", cfg.Data)
	}
	h, err := open(ctx, cfg, false)
	if err != nil {
		return nil, inUse(err, "a server that runs can be asked with --to http://"+cfg.Listen)
	}
	defer h.Close()
	g, err := h.graph(ctx, func(*http.Request) (search.Caller, error) { return search.Caller{Tenant: defaultTenant}, nil }, make(places, 1), nil)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = header
	w := &recorder{header: http.Header{}}
	h.limited(g).ServeHTTP(w, req)
	return w.body.Bytes(), nil
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
func (r *recorder) WriteHeader(int)             {}

func printPlan(answer []byte) error {
	var got struct {
		Errors []struct {
			Message   string `json:"message"`
			Locations []struct {
				Line   int `json:"line"`
				Column int `json:"column"`
			} `json:"locations"`
		} `json:"errors"`
		Extensions struct {
			Explain struct {
				Plan string `json:"plan"`
			} `json:"explain"`
		} `json:"extensions"`
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return fmt.Errorf("the answer is no GraphQL response: %.200s", answer)
	}
	if got.Extensions.Explain.Plan != "" {
		fmt.Print(got.Extensions.Explain.Plan)
	}
	var problems []error
	for _, e := range got.Errors {
		where := ""
		for _, at := range e.Locations {
			where += fmt.Sprintf("line %d, column %d: ", at.Line, at.Column)
		}
		problems = append(problems, errors.New(where+e.Message))
	}
	return errors.Join(problems...)
}
