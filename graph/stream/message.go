package stream

import (
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// The types of messages of graphql-transport-ws.
const (
	typeInit      = "connection_init"
	typeAck       = "connection_ack"
	typePing      = "ping"
	typePong      = "pong"
	typeSubscribe = "subscribe"
	typeNext      = "next"
	typeError     = "error"
	typeComplete  = "complete"
)

// message is one of a client's.
type message struct {
	kind          string
	id            string
	payload       json.RawMessage
	authorization string // of typeInit
}

// readMessage reads what a client may send. An error says what is wrong with its form, and not what is in it.
func readMessage(text []byte) (message, error) {
	var m message
	if !utf8.Valid(text) {
		return m, errors.New("the message is not UTF-8")
	}
	var raw struct {
		Type    *string         `json:"type"`
		ID      *string         `json:"id"`
		Payload json.RawMessage `json:"payload"`
	}
	if json.Unmarshal(text, &raw) != nil || raw.Type == nil {
		return m, errors.New("the message is no JSON object with a type, or has an id that is no text")
	}
	if m.kind, m.payload = *raw.Type, raw.Payload; raw.ID != nil {
		m.id = *raw.ID
	}
	switch m.kind {
	case typeInit:
		return m, m.readInit()
	case typePing, typePong:
		_, err := m.object()
		return m, err
	case typeSubscribe:
		return m, m.checkSubscribe()
	case typeComplete:
		if m.id == "" {
			return m, errors.New("complete has no id")
		}
		return m, nil
	}
	return m, errors.New("clients send connection_init, ping, pong, subscribe and complete")
}

// object is the payload as the object that it must be; nil if there is none.
func (m *message) object() (map[string]json.RawMessage, error) {
	var o map[string]json.RawMessage
	if len(m.payload) > 0 && json.Unmarshal(m.payload, &o) != nil {
		return nil, errors.New("the payload is no object")
	}
	return o, nil
}

func (m *message) readInit() error {
	o, err := m.object()
	for _, name := range []string{"authorization", "Authorization"} {
		if value, ok := o[name]; ok && json.Unmarshal(value, &m.authorization) != nil {
			return errors.New("the authorization is no text")
		}
	}
	return err
}

func (m *message) checkSubscribe() error {
	var p struct {
		Query         *string                    `json:"query"`
		OperationName *string                    `json:"operationName"`
		Variables     map[string]json.RawMessage `json:"variables"`
		Extensions    map[string]json.RawMessage `json:"extensions"`
	}
	switch {
	case m.id == "":
		return errors.New("subscribe has no id")
	case len(m.payload) == 0 || json.Unmarshal(m.payload, &p) != nil || p.Query == nil:
		return errors.New("the payload of subscribe has a query and may have operationName, variables and extensions")
	}
	return nil
}

// quoted is a text as JSON has it.
func quoted(s string) []byte {
	b, _ := json.Marshal(s) // a text can be written
	return b
}

// appendMessage appends a message with an id and, unless it is nil, a payload.
func appendMessage(dst, id []byte, kind string, payload []byte) []byte {
	dst = append(append(dst, `{"id":`...), id...)
	dst = append(append(append(dst, `,"type":"`...), kind...), '"')
	if payload != nil {
		dst = append(append(dst, `,"payload":`...), payload...)
	}
	return append(dst, '}')
}
