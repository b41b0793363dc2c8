package adapters

import (
	"slices"
	"sync"
)

// Notifier is a log that tells when it has grown, so that who follows it need not look all the time. It tells of what this process commits;
// of what others do it may.
type Notifier interface {
	// Notify has c sent to after the head has moved, as soon as Head gives it, until stop is called. The store does not wait for the
	// receiver: c must have room for one, and many changes may be told by one.
	Notify(c chan<- struct{}) (stop func())
}

// Bell is a Notifier that the store which has it rings. Its zero value is ready.
type Bell struct {
	mu  sync.Mutex
	all []chan<- struct{}
}

// Notify implements Notifier.
func (b *Bell) Notify(c chan<- struct{}) (stop func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, c)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if i := slices.Index(b.all, c); i >= 0 {
			b.all = slices.Delete(b.all, i, i+1)
		}
	}
}

// Ring sends to all who want to be told. It never waits for them.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.all {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
