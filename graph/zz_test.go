package graph_test
import ("testing";"os")
func TestZZ(t *testing.T){ raw,_:=schemaOf(t).Introspection(nil); os.WriteFile("/tmp/intro.json",raw,0o644)}
