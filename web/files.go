package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// pages are the handlers of one build: the page itself and what it loads, by its address without the first slash.
type pages struct {
	index http.Handler
	named map[string]http.Handler
}

func (p pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	next, found := p.index, r.URL.Path == "/"
	if !found {
		next, found = p.named[strings.TrimPrefix(r.URL.Path, "/")]
	}
	switch {
	case !found:
		http.NotFound(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "the playground is read with GET", http.StatusMethodNotAllowed)
	default:
		next.ServeHTTP(w, r)
	}
}

func readPages(source fs.FS) (pages, error) {
	if !hasIndex(source) {
		return readPlaceholder(source)
	}
	body, err := fs.ReadFile(source, "dist/index.html")
	if err != nil {
		return pages{}, fmt.Errorf("web: playground: %w", err)
	}
	p := pages{index: newFile("index.html", body, false), named: map[string]http.Handler{}}
	err = fs.WalkDir(source, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		body, err := fs.ReadFile(source, name)
		if err != nil {
			return err
		}
		address := strings.TrimPrefix(name, "dist/")
		packed := strings.HasSuffix(address, ".gz")
		address = strings.TrimSuffix(address, ".gz")
		p.named[address] = newFile(address, body, packed)
		return nil
	})
	if err != nil {
		return pages{}, fmt.Errorf("web: playground: %w", err)
	}
	return p, nil
}

// readPlaceholder makes the page of a build without Node. Its curl lines name the address that the browser used.
func readPlaceholder(source fs.FS) (pages, error) {
	page, err := template.ParseFS(source, "placeholder/index.html")
	if err != nil {
		return pages{}, fmt.Errorf("web: placeholder: %w", err)
	}
	p := pages{index: placeholder{page}, named: map[string]http.Handler{}}
	for address, name := range map[string]string{
		"placeholder.css": "placeholder/placeholder.css",
		"favicon.svg":     "public/favicon.svg",
	} {
		body, err := fs.ReadFile(source, name)
		if err != nil {
			return pages{}, fmt.Errorf("web: placeholder: %w", err)
		}
		p.named[address] = newFile(address, body, false)
	}
	return p, nil
}

type placeholder struct {
	page *template.Template
}

func (p placeholder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	var body strings.Builder
	if err := p.page.Execute(&body, map[string]string{"Endpoint": scheme + "://" + r.Host + "/graphql"}); err != nil {
		http.Error(w, "the page could not be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", zeroTime, strings.NewReader(body.String()))
}
