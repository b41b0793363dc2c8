package stream

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"
)

// headerToken names the reservation that a request is for; the argument token of its URL does, too.
const headerToken = "X-GraphQL-Event-Stream-Token"

func tokenOf(r *http.Request) string {
	if token := r.Header.Get(headerToken); token != "" {
		return token
	}
	if r.URL.RawQuery == "" || !strings.Contains(r.URL.RawQuery, "token=") {
		return ""
	}
	return r.URL.Query().Get("token")
}

// reservation is a stream of events for several operations, which come by requests of their own: reserved first, then open, then gone.
type reservation struct {
	h       *Handler
	token   string
	session Session
	ctx     context.Context // until the stream is gone
	drop    context.CancelFunc
	opened  chan struct{} // closed once out is there
	running sync.WaitGroup

	mu     sync.Mutex
	out    *events
	gone   bool
	active map[string]*operation
	reads  int // operations that are being read
	runs   int // those that have not ended, what their client has ended included
}

// reserve makes a reservation (PUT). Its token lets whoever has it read the stream: EventSource can set no header.
func (h *Handler) reserve(w http.ResponseWriter, r *http.Request) {
	session, no := h.cfg.Server.Session(r, "")
	switch accept := strings.Join(r.Header.Values("Accept"), ","); {
	case no != nil:
	case accept != "" && !strings.Contains(accept, "*/*") && !strings.Contains(accept, "text/"):
		no = refusalOf(http.StatusNotAcceptable, "BAD_USER_INPUT", "the answer is a token, text/plain")
	case !h.enter():
		no = full()
	}
	if no != nil {
		h.refuse(w, r, no)
		return
	}
	v := &reservation{h: h, token: rand.Text(), session: session, opened: make(chan struct{}), active: map[string]*operation{}}
	v.ctx, v.drop = context.WithCancel(h.ctx)
	h.mu.Lock()
	h.reservations[v.token] = v
	h.mu.Unlock()
	go v.wait()
	head := w.Header()
	head.Set("Content-Type", "text/plain; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusCreated)
	h.sent(w.Write([]byte(v.token)))
}

// wait gives the place back once the reservation is gone, which it is when nobody has come for it in time.
func (v *reservation) wait() {
	defer v.h.leave()
	late := time.NewTimer(v.h.cfg.Reservation)
	defer late.Stop()
	select {
	case <-v.opened:
		<-v.ctx.Done()
	case <-v.ctx.Done():
	case <-late.C:
	}
	v.end()
	v.h.mu.Lock()
	delete(v.h.reservations, v.token)
	v.h.mu.Unlock()
}

// end ends the stream and its operations, and waits for them.
func (v *reservation) end() {
	v.mu.Lock()
	v.gone = true
	v.mu.Unlock()
	v.drop()
	v.running.Wait()
}

// reserved finds the reservation of a token for who sent a request. To all but the caller who made it, and whoever has nothing but its token
// to open it, it is not there.
func (h *Handler) reserved(r *http.Request, token string, ticket bool) (*reservation, *Refusal) {
	h.mu.Lock()
	v := h.reservations[token]
	h.mu.Unlock()
	if v != nil && ticket && r.Header.Get("Authorization") == "" {
		return v, nil
	}
	session, no := h.cfg.Server.Session(r, "")
	switch {
	case no != nil:
		return nil, no
	case v == nil || session.Key() != v.session.Key():
		return nil, refusalOf(http.StatusNotFound, "NOT_FOUND", "there is no stream of that token; reserve one by PUT")
	}
	return v, nil
}

// fulfil opens the stream of a reservation, and ends with it.
func (h *Handler) fulfil(w http.ResponseWriter, r *http.Request, token string) {
	v, no := h.reserved(r, token, true)
	if no != nil {
		h.refuse(w, r, no)
		return
	}
	v.mu.Lock()
	if v.out != nil || v.gone {
		v.mu.Unlock()
		h.refuse(w, r, refusalOf(http.StatusConflict, "CONFLICT", "the stream is open already"))
		return
	}
	out, end := h.begin(v.ctx, v.drop, w)
	v.out = out
	close(v.opened)
	v.mu.Unlock()
	select {
	case <-v.ctx.Done():
	case <-r.Context().Done():
	}
	v.end() // what runs on it writes to w
	end()
}
