package stream_test

import (
	"testing"

	"github.com/coder/websocket"
)

// BenchmarkSocket is what a message costs, server and client together.
func BenchmarkSocket(b *testing.B) {
	url, _ := serve(b, &server{}, nil)
	ws, _, err := websocket.Dial(b.Context(), url, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		b.Fatal(err)
	}
	defer ws.CloseNow()
	for _, text := range []string{hello, subscribe("1", "count 1000000000")} {
		if err := ws.Write(b.Context(), websocket.MessageText, []byte(text)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := ws.Read(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
