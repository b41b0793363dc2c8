package sqlite

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/heliograph/heliograph/search"
)

// names interns what leads the keys. It is a superset of what committed rows use: a name is committed before the first row that
// uses it, and never changes or goes, so a compiled query needs no I/O to find its keys.
type names struct {
	mu    sync.RWMutex
	types map[typeKey]*typeName
	next  int64
	// made counts the times that names were made visible: see vintage.
	made atomic.Int64
}

// vintage is when a plan was compiled. A plan looks for the names that there were; a snapshot that is taken after names were made may
// hold rows of them, and the plan would say of these that a value is missing that is there.
type vintage struct {
	names *names
	made  int64
	held  bool
}

// errOlder says that the plan is to be compiled again.
var errOlder = errors.New("names were made after the plan")

func (n *names) vintage() *vintage { return &vintage{names: n, made: n.made.Load()} }

// hold checks, once the snapshot is taken, that it holds no names that the plan does not know.
func (v *vintage) hold() error {
	if v == nil || v.held {
		return nil
	}
	if v.names.made.Load() != v.made {
		return errOlder
	}
	v.held = true
	return nil
}

// settled repeats a query for which names were made meanwhile. These are finite, and nothing of it was given to the caller yet.
func settled(ctx context.Context, query func() error) error {
	for {
		if err := query(); !errors.Is(err, errOlder) || ctx.Err() != nil {
			return err
		}
	}
}

type typeKey struct{ tenant, typ string }

// typeName is a type of a tenant.
type typeName struct {
	key    typeKey
	id     int64
	chron  string // the code of the parameter that orders references, "" for none
	params map[string]*paramName
	live   atomic.Int64
}

// paramName is a parameter of a type of a tenant.
type paramName struct {
	typ  *typeName
	code string
	id   int64
	// multi is set before a resource with more than one value of the parameter is committed, and stays.
	multi atomic.Bool
	tally
	subs map[string]*subName
}

// subName is a system, target type, … of a parameter: what a key begins with.
type subName struct {
	param *paramName
	sub   string
	id    int64
	tally
}

// maxSubs bounds the names of one parameter; systems beyond share one (overflow) and stand in the row.
const (
	maxSubs  = 256
	overflow = "+"
)

// What a sub begins with.
const (
	subSystem     = "s" // of a token or uri
	subBare       = "b" // of a token that is text alone: without system and code
	subTarget     = "r" // target type of a reference; "r" alone is for absolute ones
	subIdentifier = "i" // system of a reference's logical identifier
	subOfType     = "o" // an identifier by the system of its type
)

// wanted is a name that is not there yet.
type wanted struct{ tenant, typ, code, sub string }

func loadNames(ctx context.Context, c *conn) (*names, error) {
	n := &names{types: map[typeKey]*typeName{}, next: 1}
	err := c.each(ctx, "SELECT id, tenant, type, code, sub, multi, chron, rows, sketch FROM names ORDER BY id", nil,
		func(row []value) (bool, error) {
			w := wanted{asText(row[1]), asText(row[2]), asText(row[3]), asText(row[4])}
			n.add(w, asInt(row[0]), asText(row[6]), asInt(row[5]) != 0, asInt(row[7]), asBytes(row[8]))
			return true, nil
		})
	if err != nil {
		return nil, err
	}
	byID := map[int64]*typeName{}
	for _, t := range n.types {
		byID[t.id] = t
	}
	return n, c.each(ctx, "SELECT tid, count FROM live", nil, func(row []value) (bool, error) {
		if t := byID[asInt(row[0])]; t != nil {
			t.live.Store(asInt(row[1]))
		}
		return true, nil
	})
}

// add puts a name in; a parameter's type and a sub's parameter must be there before it.
func (n *names) add(w wanted, id int64, chron string, multi bool, rows int64, sketch []byte) {
	n.next = max(n.next, id+1)
	key := typeKey{w.tenant, w.typ}
	t := n.types[key]
	switch {
	case w.code == "":
		n.types[key] = &typeName{key: key, id: id, chron: chron, params: map[string]*paramName{}}
	case t == nil:
	case w.sub == "":
		p := &paramName{typ: t, code: w.code, id: id, subs: map[string]*subName{}}
		p.multi.Store(multi)
		p.load(rows, sketch)
		t.params[w.code] = p
	default:
		if p := t.params[w.code]; p != nil {
			s := &subName{param: p, sub: w.sub, id: id}
			s.load(rows, sketch)
			p.subs[w.sub] = s
		}
	}
}

// typeOf gives a type's name, nil if no resource of it was ever written.
func (n *names) typeOf(tenant, typ string) *typeName {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.types[typeKey{tenant, typ}]
}

// param gives a parameter's name; nil if there are no rows of it.
func (n *names) param(tenant string, p *search.Param) *paramName {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if t := n.types[typeKey{tenant, p.Resource}]; t != nil {
		return t.params[p.Code]
	}
	return nil
}

// sub gives one sub of a parameter and whether rows of it may also stand under the overflow.
func (n *names) sub(p *paramName, sub string) *subName {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return p.subs[sub]
}

// kind gives the subs of a parameter that begin with a kind, by id.
func (n *names) kind(p *paramName, kind string) []*subName {
	n.mu.RLock()
	defer n.mu.RUnlock()
	var out []*subName
	for _, s := range p.subs {
		if s.sub[:1] == kind {
			out = append(out, s)
		}
	}
	sortSubs(out)
	return out
}

// typesOf gives the types of a tenant.
func (n *names) typesOf(tenant string) []*typeName {
	n.mu.RLock()
	defer n.mu.RUnlock()
	var out []*typeName
	for k, t := range n.types {
		if k.tenant == tenant {
			out = append(out, t)
		}
	}
	return out
}

// byID gives all types by their ids.
func (n *names) byID() map[int64]typeKey {
	n.mu.RLock()
	defer n.mu.RUnlock()
	out := make(map[int64]typeKey, len(n.types))
	for k, t := range n.types {
		out[t.id] = k
	}
	return out
}
