package composite

// Evaluated is how often a change was held against a view.
func (f *Feed) Evaluated() int64 { return f.evaluated.Load() }

// Watches is how many different interests are followed.
func (f *Feed) Watches() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.watches)
}
