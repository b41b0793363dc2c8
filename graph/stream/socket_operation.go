package stream

import (
	"context"
	"runtime/debug"
	"unicode/utf8"
)

// operation is one that runs on a socket.
type operation struct {
	id     []byte // JSON
	name   string
	size   int64
	cancel context.CancelFunc
}

// maxReason is how long the reason of a close may be (RFC 6455, 5.5: 125 bytes with the code).
const maxReason = 123

// subscribe begins an operation.
func (s *socket) subscribe(m *message, size int64) closing {
	if !s.greeted { // what comes behind connection_init is read once that is acknowledged
		return closing{codeUnauthorized, "Unauthorized"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[m.id] != nil {
		return closing{codeSameID, sameID(m.id)}
	}
	op := &operation{id: quoted(m.id), name: m.id, size: size}
	if s.runs >= s.h.cfg.Operations || s.held+size > 4*s.h.cfg.Message {
		no := refusalOf(0, "OVERLOADED", "too many operations run on this connection, or too large ones; end some, or open another")
		s.write(appendMessage(nil, op.id, typeError, no.Errors))
		return closing{}
	}
	var ctx context.Context
	ctx, op.cancel = context.WithCancel(s.ctx)
	s.active[m.id] = op
	s.runs++
	s.held += size
	s.running.Go(func() { s.run(ctx, op, m.payload) })
	return closing{}
}

// sameID is what the protocol says of a second operation of one id, cut to what fits.
func sameID(id string) string {
	const before, behind = "Subscriber for ", " already exists"
	for len(before)+len(id)+len(behind) > maxReason {
		_, n := utf8.DecodeLastRuneInString(id)
		id = id[:len(id)-n]
	}
	return before + id + behind
}

// run sends the results of an operation.
func (s *socket) run(ctx context.Context, op *operation, payload []byte) {
	defer s.ended(op)
	defer func() {
		if r := recover(); r != nil {
			s.h.cfg.Logger.Error("an operation panicked", "panic", r, "stack", string(debug.Stack()))
			s.last(op, typeError, refusalOf(0, "INTERNAL", "internal error").Errors)
		}
	}()
	parsed, no := s.session.Parse(payload)
	if no != nil {
		s.last(op, typeError, no.Errors)
		return
	}
	results, no := parsed.Start(ctx)
	if no != nil {
		s.last(op, typeError, no.Errors)
		return
	}
	for r := range results {
		if r.Errors != nil {
			s.last(op, typeError, r.Errors)
			return
		}
		if !s.send(op, typeNext, r.Data) {
			return
		}
	}
	if ctx.Err() == nil {
		s.last(op, typeComplete, nil)
	}
}

// send sends a message of an operation, unless that has ended: another one may have its id by now.
func (s *socket) send(op *operation, kind string, payload []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sendLocked(op, kind, payload)
}

func (s *socket) sendLocked(op *operation, kind string, payload []byte) bool {
	if s.active[op.name] != op || s.ctx.Err() != nil {
		return false
	}
	const keep = 1 << 20
	s.out = appendMessage(s.out[:0], op.id, kind, payload)
	s.write(s.out)
	if cap(s.out) > keep {
		s.out = nil
	}
	return true
}

// last is send for the message that ends an operation.
func (s *socket) last(op *operation, kind string, payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sendLocked(op, kind, payload)
	s.forget(op)
}

// complete ends an operation because its client wants no more of it. One that is not there has ended by itself.
func (s *socket) complete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if op := s.active[id]; op != nil {
		op.cancel()
		s.forget(op)
	}
}

func (s *socket) forget(op *operation) {
	if s.active[op.name] == op {
		delete(s.active, op.name)
	}
}

// ended gives back the place of an operation, which one that was completed has until then.
func (s *socket) ended(op *operation) {
	op.cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs--
	s.held -= op.size
}
