package adaptertest

import (
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/memory"
)

// Harness is a store under test. It is empty when it is opened.
type Harness struct {
	Store adapters.Store
}

// Open opens an empty store that lives until the end of the test; it is called once for nearly every case. The suite closes
// the store.
type Open func(t *testing.T) Harness

// Run holds a store to the contract: all cases for what it implements and claims.
func Run(t *testing.T, open Open) {
	data := NewData(t, 4, 1)
	for _, c := range []struct {
		name string
		run  func(*testing.T, *rig)
	}{
		{"reads", testReads},
		{"history", testHistory},
		{"writes", testWrites},
		{"preconditions", testPreconditions},
		{"contention", testContention},
		{"transactions", testTransactions},
		{"snapshots", testSnapshots},
		{"log", testLog},
		{"purge", testPurge},
		{"notify", testNotify},
		{"meta", testMeta},
		{"tenants", testTenants},
		{"policy", testPolicy},
		{"clauses", testClauses},
		{"junctions", testJunctions},
		{"refusals", testRefusals},
		{"orders", testOrders},
		{"pages", testPages},
		{"scores", testScores},
		{"moving", testMoving},
		{"each", testEach},
		{"sets", testSets},
		{"codes", testCodes},
		{"hierarchies", testHierarchies},
		{"bodies", testBodies},
		{"generated", testGenerated},
		{"large", testLarge},
		{"streams", testStreams},
		{"lag", testLag},
		{"statistics", testStatistics},
		{"compile", testCompile},
		{"walk", testWalk},
		{"scan", testScan},
		{"aggregate", testAggregate},
		{"reindex", testReindex},
		{"reindex beside writes", testReindexBeside},
		{"secondary", testSecondary},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.run(t, newRig(t, open, data))
		})
	}
}

// Oracle is the store that answers are compared with.
type Oracle = *memory.Store
