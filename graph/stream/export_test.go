package stream

// ReadMessage reads a message of a client and gives its type and id.
func ReadMessage(text []byte) (kind, id string, err error) {
	m, err := readMessage(text)
	return m.kind, m.id, err
}

// AppendMessage writes a message of the server's.
func AppendMessage(id, kind string, payload []byte) []byte {
	return appendMessage(nil, quoted(id), kind, payload)
}
