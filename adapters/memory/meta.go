package memory

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
)

// Load implements adapters.Meta.
func (s *Store) Load(ctx context.Context, keys ...string) ([][]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.open(ctx); err != nil {
		return nil, s.at("load", err)
	}
	out := make([][]byte, len(keys))
	for i, k := range keys {
		out[i] = bytes.Clone(s.meta[k])
	}
	return out, nil
}

// List implements adapters.Meta.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) (keys []string, values [][]byte, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.open(ctx); err != nil {
		return nil, nil, s.at("list", err)
	}
	for _, k := range slices.Sorted(maps.Keys(s.meta)) {
		if !strings.HasPrefix(k, prefix) || k <= after {
			continue
		}
		if limit > 0 && len(keys) == limit {
			break
		}
		keys, values = append(keys, k), append(values, bytes.Clone(s.meta[k]))
	}
	return keys, values, nil
}

// Swap implements adapters.Meta.
func (s *Store) Swap(ctx context.Context, swaps ...adapters.Swap) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(ctx); err != nil {
		return s.at("swap", err)
	}
	return s.at("swap", s.swap(swaps))
}

// swap compares all before it changes any.
func (s *Store) swap(swaps []adapters.Swap) error {
	for _, c := range swaps {
		if v, there := s.meta[c.Key]; there != (c.Old != nil) || !bytes.Equal(v, c.Old) {
			return fault.New(fault.Conflict, "%s has changed", c.Key)
		}
	}
	for _, c := range swaps {
		if c.New == nil {
			delete(s.meta, c.Key)
			continue
		}
		v := make([]byte, len(c.New))
		copy(v, c.New)
		s.meta[c.Key] = v
	}
	return nil
}
