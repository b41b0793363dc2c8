package composite

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
)

// indexedKey is the key in the primary's Meta under which the settings of its index are kept.
const indexedKey = "index/settings"

// CheckIndex compares the settings that decide what index values are (setting → value) with those that the primary's rows were
// indexed under, and keeps them if it has none yet or holds no resources. Rows that were indexed otherwise would give wrong answers without a
// sign, so a difference is BadUserInput, and names each setting with its old and its new value.
func CheckIndex(ctx context.Context, primary adapters.Primary, settings map[string]string) error {
	old, raw, err := indexed(ctx, primary)
	if err != nil || maps.Equal(old, settings) {
		return err
	}
	head, err := primary.Head(ctx)
	if err != nil {
		return err
	}
	if raw != nil && head.Position > 0 {
		return changed(old, settings)
	}
	encoded, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	return primary.Swap(ctx, adapters.Swap{Key: indexedKey, Old: raw, New: encoded})
}

// IndexedAs gives the settings that the primary's rows were indexed under; none if it has never been opened.
func IndexedAs(ctx context.Context, primary adapters.Primary) (map[string]string, error) {
	settings, _, err := indexed(ctx, primary)
	return settings, err
}

func indexed(ctx context.Context, primary adapters.Primary) (settings map[string]string, raw []byte, err error) {
	values, err := primary.Load(ctx, indexedKey)
	if err != nil || values[0] == nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(values[0], &settings); err != nil {
		return nil, nil, &fault.Error{Code: fault.StoreCorrupt, Store: primary.ID(), Message: "the key " + indexedKey + " is damaged", Err: err}
	}
	return settings, values[0], nil
}

func changed(old, settings map[string]string) error {
	return fault.New(fault.BadUserInput, "the data were indexed under other settings: %s; set them back, or have heliograph serve index the data anew",
		strings.Join(differences(old, settings), ", "))
}

// differences names each setting that differs, with its old and its new value.
func differences(old, settings map[string]string) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if old[name] != settings[name] {
			lines = append(lines, fmt.Sprintf("%s was %q and is %q", name, old[name], settings[name]))
		}
	}
	return lines
}
