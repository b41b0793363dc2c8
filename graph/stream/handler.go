package stream

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config is what a Handler is made of. Server is required; zero values mean the defaults.
type Config struct {
	Server Server
	// Connections is how many streams may be open at a time, of all transports together, reservations of one included; 2,000.
	Connections int
	// Operations is how many one of them may run at a time; 100.
	Operations int
	// Message is how large a message of a client may be, in bytes; 1 MiB. The operations that run on a stream came in at most four times as
	// much.
	Message int64
	// Init is how long a client on a WebSocket may take to introduce itself; 10 s. Reservation is how long a reservation waits for its stream;
	// 30 s.
	Init, Reservation time.Duration
	// Read is what the body of a request may take to arrive, Write what a client may take to accept a message, or to answer a ping; 30 s, 10 s.
	Read, Write time.Duration
	// KeepAlive is how often a stream on which nothing happens is used all the same; 15 s.
	KeepAlive time.Duration
	Logger    *slog.Logger
}

// Handler serves streams. It is safe for concurrent use.
type Handler struct {
	cfg Config
	ctx context.Context // of all streams
	end context.CancelFunc

	mu           sync.Mutex
	open         int
	closed       bool
	reservations map[string]*reservation
	running      sync.WaitGroup
}

// New makes a handler. Close it.
func New(cfg Config) (*Handler, error) {
	if cfg.Server == nil {
		return nil, errors.New("stream: a server is required")
	}
	cfg.Connections, cfg.Operations, cfg.Message = cmp.Or(cfg.Connections, 2000), cmp.Or(cfg.Operations, 100), cmp.Or(cfg.Message, 1<<20)
	cfg.Init, cfg.Reservation = cmp.Or(cfg.Init, 10*time.Second), cmp.Or(cfg.Reservation, 30*time.Second)
	cfg.Read, cfg.Write = cmp.Or(cfg.Read, 30*time.Second), cmp.Or(cfg.Write, 10*time.Second)
	cfg.KeepAlive = cmp.Or(cfg.KeepAlive, 15*time.Second)
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	h := &Handler{cfg: cfg, reservations: map[string]*reservation{}}
	h.ctx, h.end = context.WithCancel(context.Background())
	return h, nil
}

// Before gives what asks for a stream to the handler, and all else to next. It checks neither host nor origin.
func (h *Handler) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := tokenOf(r)
		switch {
		case upgrades(r.Header):
			h.socket(w, r)
		case r.Method == http.MethodPut:
			h.reserve(w, r)
		case token != "" && wantsEvents(r.Header) && (r.Method == http.MethodGet || r.Method == http.MethodPost):
			h.fulfil(w, r, token)
		case token != "" && (r.Method == http.MethodGet || r.Method == http.MethodPost):
			h.operate(w, r, token)
		case r.Method == http.MethodDelete:
			h.cease(w, r, token)
		case wantsEvents(r.Header) && (r.Method == http.MethodGet || r.Method == http.MethodPost):
			h.distinct(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Close ends all streams, tells their clients so, and waits for that. New ones are refused.
func (h *Handler) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.end()
	h.running.Wait()
}

// enter takes a place for a stream; leave gives it back.
func (h *Handler) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.open >= h.cfg.Connections {
		return false
	}
	h.open++
	h.running.Add(1)
	return true
}

func (h *Handler) leave() {
	h.mu.Lock()
	h.open--
	h.mu.Unlock()
	h.running.Done()
}

func upgrades(header http.Header) bool {
	return slices.ContainsFunc(header.Values("Upgrade"), func(v string) bool { return strings.EqualFold(strings.TrimSpace(v), "websocket") })
}

// refusalOf makes a refusal of our own.
func refusalOf(status int, code, message string) *Refusal {
	return &Refusal{Status: status, Errors: []byte(`[{"message":"` + message + `","extensions":{"code":"` + code + `"}}]`)}
}

func full() *Refusal {
	return refusalOf(http.StatusServiceUnavailable, "OVERLOADED", "too many streams are open at present, or the server stops; try again")
}

// refuse answers a request by status.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, no *Refusal) {
	head := w.Header()
	head.Add("Vary", "Accept")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Type", mediaOf(r.Header)+"; charset=utf-8")
	switch no.Status {
	case http.StatusUnauthorized:
		head.Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		head.Set("Retry-After", "1")
	case http.StatusMethodNotAllowed:
		head.Set("Allow", "POST")
	}
	w.WriteHeader(no.Status)
	h.sent(w.Write(append(append([]byte(`{"errors":`), no.Errors...), '}')))
}

// sent notes what did not reach its client, who is gone.
func (h *Handler) sent(_ int, err error) {
	if err != nil {
		h.cfg.Logger.Debug("a message did not reach its client", "error", err)
	}
}
