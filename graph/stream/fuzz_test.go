package stream_test

import (
	"encoding/json"
	"testing"

	"github.com/heliograph/heliograph/graph/stream"
)

// FuzzReadMessage: what is read has what its type must have, and its id comes back as it was.
func FuzzReadMessage(f *testing.F) {
	for _, seed := range []string{
		hello, `{"type":"connection_init","payload":{"Authorization":"Bearer x"}}`, `{"type":"ping","payload":null}`, `{"type":"pong"}`,
		subscribe("1", "{ a }"), `{"id":"\u0000\ud800","type":"complete"}`, `{"type":"subscribe","id":"","payload":{"query":""}}`, `[]`, `{"type":`, "\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		kind, id, err := stream.ReadMessage(text)
		if err != nil {
			return
		}
		if !json.Valid(text) {
			t.Error("it is no JSON")
		}
		switch kind {
		case "subscribe", "complete":
			if id == "" {
				t.Error("no id")
			}
		case "connection_init", "ping", "pong":
		default:
			t.Errorf("type %q", kind)
		}
		var back struct{ ID, Type string }
		if err := json.Unmarshal(stream.AppendMessage(id, "next", []byte(`{}`)), &back); err != nil || back.ID != id || back.Type != "next" {
			t.Error(err, back, id)
		}
	})
}
