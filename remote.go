package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/heliograph/heliograph/internal/fault"
)

// remote is the address of path at the running server that --to names.
func remote(to, path string) (string, error) {
	base, err := url.Parse(to)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return "", errors.New("--to is the URL of a running server: http://127.0.0.1:8080, say")
	}
	return strings.TrimSuffix(to, "/") + path, nil
}

// inUse adds what to do instead to an error of opening a store that another program holds.
func inUse(err error, instead string) error {
	if fault.Of(err) != fault.StoreUnavailable {
		return err
	}
	return fmt.Errorf("%w (%s)", err, instead)
}

// reach sends a request to the server that --to names, and says so where nobody listens or the key is refused.
func reach(to string, req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultClient.Do(req)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return nil, fmt.Errorf("no server listens at %s; start one with heliograph serve, or correct --to", to)
	case err != nil:
		return nil, err
	case resp.StatusCode == http.StatusUnauthorized:
		resp.Body.Close()
		return nil, fmt.Errorf("the server at %s wants a bearer key that it knows; give it with --key or HELIOGRAPH_KEY", to)
	}
	return resp, nil
}
