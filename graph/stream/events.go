package stream

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"time"
)

// events writes server-sent events to one response.
type events struct {
	h    *Handler
	w    http.ResponseWriter
	conn *http.ResponseController
	gone context.CancelFunc // called when the client is

	mu  sync.Mutex
	out []byte
}

// begin answers with a stream of events, on which something is sent now and then until ctx ends. gone ends ctx. Call end before the
// handler returns.
func (h *Handler) begin(ctx context.Context, gone context.CancelFunc, w http.ResponseWriter) (e *events, end func()) {
	e = &events{h: h, w: w, conn: http.NewResponseController(w), gone: gone}
	head := w.Header()
	head.Add("Vary", "Accept")
	head.Set("Content-Type", mediaEvents+"; charset=utf-8")
	head.Set("Cache-Control", "no-cache, no-transform")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Accel-Buffering", "no") // what is between must not keep it back
	w.WriteHeader(http.StatusOK)
	e.send([]byte(":\n\n"))
	var running sync.WaitGroup
	over := make(chan struct{})
	running.Go(func() { e.keepAlive(ctx, over) })
	return e, func() {
		close(over)
		running.Wait()
		_ = e.conn.SetWriteDeadline(time.Time{}) // the next request on this connection is another matter
	}
}

func (e *events) keepAlive(ctx context.Context, over <-chan struct{}) {
	tick := time.NewTicker(e.h.cfg.KeepAlive)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-over:
			return
		case <-tick.C:
			e.send([]byte(":\n\n"))
		}
	}
}

// send writes and flushes. Who does not take it in time is gone.
func (e *events) send(text []byte) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sendLocked(text)
}

func (e *events) sendLocked(text []byte) bool {
	_ = e.conn.SetWriteDeadline(time.Now().Add(e.h.cfg.Write)) // a writer without deadlines is that of a test
	_, err := e.w.Write(text)
	if err == nil {
		err = e.conn.Flush()
	}
	if err != nil {
		e.h.sent(0, err)
		e.gone()
	}
	return err == nil
}

// next sends a result. id, which is JSON, names its operation where the stream has several; nil where it is the only one.
func (e *events) next(id []byte, r *Result) bool {
	data := r.Data
	if r.Errors != nil {
		data = append(append([]byte(`{"errors":`), r.Errors...), '}')
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	b := append(e.out[:0], "event: next\n"...)
	if r.Token != "" && id == nil {
		b = append(append(append(b, "id: "...), r.Token...), '\n')
	}
	b = append(b, "data: "...)
	if id != nil {
		b = append(append(append(b, `{"id":`...), id...), `,"payload":`...)
	}
	b = appendLine(b, data)
	if id != nil {
		b = append(b, '}')
	}
	const keep = 1 << 20
	if e.out = append(b, "\n\n"...); cap(e.out) > keep {
		defer func() { e.out = nil }()
	}
	return e.sendLocked(e.out)
}

// complete says that an operation has no more results. Its data are there even when they are empty: EventSource wants that.
func (e *events) complete(id []byte) {
	b := []byte("event: complete\ndata: ")
	if id != nil {
		b = append(append(append(b, `{"id":`...), id...), '}')
	}
	e.send(append(b, "\n\n"...))
}

// appendLine appends JSON as one line: a line's end stands for white space only in it.
func appendLine(dst, data []byte) []byte {
	from := len(dst)
	dst = append(dst, data...)
	if line := dst[from:]; bytes.ContainsAny(line, "\r\n") {
		for i, c := range line {
			if c == '\r' || c == '\n' {
				line[i] = ' '
			}
		}
	}
	return dst
}

// distinct answers a request by the results of its operation, as a stream of its own. What is wrong with the request is told by status;
// what is wrong with the operation in the stream, because a page sees nothing of another answer (graphql-sse, distinct connections mode).
func (h *Handler) distinct(w http.ResponseWriter, r *http.Request) {
	session, no := h.cfg.Server.Session(r, "")
	if no != nil {
		h.refuse(w, r, no)
		return
	}
	if !h.enter() {
		h.refuse(w, r, full())
		return
	}
	defer h.leave()
	ctx, cancel := h.joined(r.Context())
	defer cancel()
	op, no := h.read(session, w, r)
	if no != nil {
		h.refuse(w, r, no)
		return
	}
	results, no := op.Start(ctx)
	if no != nil && no.Status != http.StatusBadRequest {
		h.refuse(w, r, no)
		return
	}
	e, end := h.begin(ctx, cancel, w)
	defer end()
	if no != nil {
		e.next(nil, &Result{Errors: no.Errors})
		e.complete(nil)
		return
	}
	for r := range results {
		if !e.next(nil, &r) || r.Errors != nil {
			break
		}
	}
	if ctx.Err() == nil {
		e.complete(nil)
	}
}

// joined is a context that ends with a request, and with the handler.
func (h *Handler) joined(request context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(request)
	stop := context.AfterFunc(h.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}

// read reads the operation of a request, whose body has to arrive in time.
func (h *Handler) read(session Session, w http.ResponseWriter, r *http.Request) (Operation, *Refusal) {
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Now().Add(h.cfg.Read)) // without deadlines the body is there
	op, no := session.Read(w, r)
	_ = conn.SetReadDeadline(time.Time{})
	return op, no
}
