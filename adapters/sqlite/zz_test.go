package sqlite_test
import ("testing";"os";"path/filepath";"encoding/binary";"github.com/heliograph/heliograph/adapters/sqlite")
func TestZZ(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	mustWrite(t, s, person(t, "a", "A"))
	mustClose(t, s)
	b, _ := os.ReadFile(filepath.Join(dir, "heliograph.db"))
	t.Log(binary.BigEndian.Uint16(b[16:]), len(b))
}
