package stream

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// protocol is the subprotocol, by which clients and servers know each other.
const protocol = "graphql-transport-ws"

// The codes with which a WebSocket ends, as the protocol has them.
const (
	codeBadMessage   websocket.StatusCode = 4400
	codeUnauthorized websocket.StatusCode = 4401
	codeForbidden    websocket.StatusCode = 4403
	codeSubprotocol  websocket.StatusCode = 4406
	codeInitTimeout  websocket.StatusCode = 4408
	codeSameID       websocket.StatusCode = 4409
	codeInitTwice    websocket.StatusCode = 4429
)

// socket is one WebSocket.
type socket struct {
	h       *Handler
	r       *http.Request
	ws      *websocket.Conn
	ctx     context.Context // of its operations
	session Session         // set by the header of the upgrade, or at connection_init
	timeout *time.Timer     // for connection_init; stopped by it
	greeted bool            // connection_init has come
	running sync.WaitGroup

	mu     sync.Mutex // held while a message is written
	active map[string]*operation
	runs   int   // operations that have not ended, those that their client has completed included
	held   int64 // bytes of their messages
	out    []byte
	stuck  *time.Timer // runs while a message is written
}

// closing is how a socket is closed; no code if it is already.
type closing struct {
	code   websocket.StatusCode
	reason string
}

// socket serves one WebSocket, until either side ends it.
func (h *Handler) socket(w http.ResponseWriter, r *http.Request) {
	s := &socket{h: h, r: r, active: map[string]*operation{}}
	if r.Header.Get("Authorization") != "" {
		var no *Refusal
		if s.session, no = h.cfg.Server.Session(r, ""); no != nil {
			h.refuse(w, r, no)
			return
		}
	}
	if !h.enter() {
		h.refuse(w, r, full())
		return
	}
	defer h.leave()
	var err error
	// Origins are the business of who calls the handler.
	s.ws, err = websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol}, InsecureSkipVerify: true})
	if err != nil {
		return // it has answered
	}
	s.serve()
}

func (s *socket) serve() {
	s.ws.SetReadLimit(s.h.cfg.Message)
	// One timer for all messages: a context for each would cost a fifth of what a message does.
	s.stuck = time.AfterFunc(s.h.cfg.Write, func() { _ = s.ws.CloseNow() })
	s.stuck.Stop()
	var end context.CancelFunc
	s.ctx, end = context.WithCancel(s.h.ctx)
	stopping := s.when(s.h.ctx.Done(), closing{websocket.StatusGoingAway, "the server stops"})
	s.running.Go(s.keepAlive)
	c := s.read()
	end()
	stopping()
	if c.code != 0 {
		_ = s.ws.Close(c.code, c.reason) // a client that does not answer is gone
	}
	s.running.Wait()
	_ = s.ws.CloseNow()
}

// when closes the socket when something is done. stop ends the waiting.
func (s *socket) when(done <-chan struct{}, c closing) (stop func()) {
	stopped := make(chan struct{})
	s.running.Go(func() {
		select {
		case <-done:
			_ = s.ws.Close(c.code, c.reason)
		case <-stopped:
		}
	})
	return func() { close(stopped) }
}

// read reads messages until one of them, or the client, ends the socket.
func (s *socket) read() closing {
	if s.ws.Subprotocol() != protocol {
		return closing{codeSubprotocol, "Subprotocol not acceptable"}
	}
	s.timeout = time.AfterFunc(s.h.cfg.Init, func() { _ = s.ws.Close(codeInitTimeout, "Connection initialisation timeout") })
	defer s.timeout.Stop()
	for {
		// Not with the socket's context, whose end would cut the connection without a code.
		kind, text, err := s.ws.Read(context.Background())
		if err != nil {
			return closing{}
		}
		if kind != websocket.MessageText {
			return closing{codeBadMessage, "messages are text"}
		}
		m, err := readMessage(text)
		if err != nil {
			return closing{codeBadMessage, err.Error()}
		}
		if c := s.handle(&m, len(text)); c.code != 0 {
			return c
		}
	}
}

func (s *socket) handle(m *message, size int) closing {
	switch m.kind {
	case typeInit:
		return s.init(m)
	case typePing:
		pong := []byte(`{"type":"pong"}`)
		if len(m.payload) > 0 && string(m.payload) != "null" {
			pong = append(append([]byte(`{"type":"pong","payload":`), m.payload...), '}')
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.write(pong)
	case typeSubscribe:
		return s.subscribe(m, int64(size))
	case typeComplete:
		s.complete(m.id)
	}
	return closing{}
}

// init acknowledges the client, whom the header or the payload may name.
func (s *socket) init(m *message) closing {
	if s.greeted {
		return closing{codeInitTwice, "Too many initialisation requests"}
	}
	s.greeted = true
	s.timeout.Stop()
	if s.session == nil || m.authorization != "" {
		session, no := s.h.cfg.Server.Session(s.r, m.authorization)
		if no != nil {
			return closing{codeForbidden, "Forbidden"}
		}
		s.session = session
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write([]byte(`{"type":"` + typeAck + `"}`))
	return closing{}
}

// write sends a message. What cannot be sent in time ends the socket: who reads so slowly starts again from the last token.
func (s *socket) write(text []byte) {
	s.stuck.Reset(s.h.cfg.Write)
	s.h.sent(0, s.ws.Write(context.Background(), websocket.MessageText, text))
	s.stuck.Stop()
}

// keepAlive notices a client that has gone without a word, and keeps what is between from closing a silent connection.
func (s *socket) keepAlive() {
	tick := time.NewTicker(s.h.cfg.KeepAlive)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(context.Background(), s.h.cfg.Write)
			err := s.ws.Ping(ctx)
			cancel()
			if err != nil && s.ctx.Err() == nil {
				_ = s.ws.CloseNow()
				return
			}
		}
	}
}
