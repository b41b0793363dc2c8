package stream

import (
	"context"
	"iter"
	"net/http"
	"runtime/debug"
)

// operate runs an operation whose results go to the stream of a reservation.
func (h *Handler) operate(w http.ResponseWriter, r *http.Request, token string) {
	v, no := h.reserved(r, token, false)
	if no == nil {
		no = v.take()
	}
	if no != nil {
		h.refuse(w, r, no)
		return
	}
	op, no := h.read(v.session, w, r)
	v.leave()
	if no == nil {
		no = v.start(op)
	}
	if no != nil {
		h.refuse(w, r, no)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// take takes one of the places for operations that are read at once: each may be large.
func (v *reservation) take() *Refusal {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.reads >= v.h.cfg.Operations {
		return refusalOf(http.StatusServiceUnavailable, "OVERLOADED", "too many operations arrive on this stream at once")
	}
	v.reads++
	return nil
}

func (v *reservation) leave() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.reads--
}

// start begins an operation under its id.
func (v *reservation) start(of Operation) *Refusal {
	op := &operation{id: quoted(of.ID()), name: of.ID()}
	var ctx context.Context
	ctx, op.cancel = context.WithCancel(v.ctx)
	no := v.enter(op)
	if no != nil {
		op.cancel()
		return no
	}
	results, no := of.Start(ctx)
	if no != nil {
		v.ended(op)
		return no
	}
	go v.run(ctx, op, results)
	return nil
}

// enter notes an operation as one that runs.
func (v *reservation) enter(op *operation) *Refusal {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case op.name == "":
		return refusalOf(http.StatusBadRequest, "BAD_USER_INPUT", "extensions.operationId names the operation on the stream; it is missing")
	case v.gone:
		return refusalOf(http.StatusNotFound, "NOT_FOUND", "the stream is gone")
	case v.active[op.name] != nil:
		return refusalOf(http.StatusConflict, "CONFLICT", "an operation of that operationId runs already")
	case v.runs >= v.h.cfg.Operations:
		return refusalOf(http.StatusServiceUnavailable, "OVERLOADED", "too many operations run on this stream")
	}
	v.active[op.name] = op
	v.runs++
	v.running.Add(1) // end, which waits for it, has set gone before
	return nil
}

// ended gives back the place of an operation, which one that its client has ended has until then.
func (v *reservation) ended(op *operation) {
	op.cancel()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.active[op.name] == op {
		delete(v.active, op.name)
	}
	v.runs--
	v.running.Done()
}

// run sends the results of an operation, once the stream is open.
func (v *reservation) run(ctx context.Context, op *operation, results iter.Seq[Result]) {
	defer v.ended(op)
	defer func() {
		if r := recover(); r != nil {
			v.h.cfg.Logger.Error("an operation panicked", "panic", r, "stack", string(debug.Stack()))
			v.send(op, &Result{Errors: refusalOf(0, "INTERNAL", "internal error").Errors})
		}
	}()
	for r := range results {
		select {
		case <-v.opened:
		case <-ctx.Done():
			return
		}
		if !v.send(op, &r) {
			return
		}
		if r.Errors != nil {
			break
		}
	}
	if ctx.Err() != nil {
		return
	}
	select {
	case <-v.opened:
		v.send(op, nil)
	case <-ctx.Done():
	}
}

// send sends a result of an operation, or without one that it is complete, unless its client has ended it.
func (v *reservation) send(op *operation, r *Result) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.active[op.name] != op || v.out == nil || v.ctx.Err() != nil {
		return false
	}
	if r == nil {
		v.out.complete(op.id)
		return true
	}
	return v.out.next(op.id, r)
}

// cease ends an operation because its client wants no more of it (DELETE). One that is not there has ended by itself.
func (h *Handler) cease(w http.ResponseWriter, r *http.Request, token string) {
	v, no := h.reserved(r, token, false)
	id := r.URL.Query().Get("operationId")
	if no == nil && id == "" {
		no = refusalOf(http.StatusBadRequest, "BAD_USER_INPUT", "operationId names the operation to end; it is missing")
	}
	if no != nil {
		h.refuse(w, r, no)
		return
	}
	v.mu.Lock()
	if op := v.active[id]; op != nil {
		op.cancel()
		delete(v.active, id)
	}
	v.mu.Unlock()
	w.WriteHeader(http.StatusOK)
}
