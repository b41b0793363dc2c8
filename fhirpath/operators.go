package fhirpath

// binary evaluates an operator with two sides.
func (ev *evaluation) binary(n *node) collection {
	left := ev.eval(n.args[0])
	switch n.name {
	case "and", "or", "xor", "implies":
		return ev.logic(n, left)
	}
	right := ev.eval(n.args[1])
	switch n.name {
	case "|":
		ev.spend(n, len(left)+len(right))
		return ev.distinct(n, append(left[:len(left):len(left)], right...))
	case "in":
		return ev.contains(n, right, left)
	case "contains":
		return ev.contains(n, left, right)
	case "=", "!=":
		same, known := ev.equals(n, left, right)
		if !known {
			return nil
		}
		return truth(same == (n.name == "="))
	case "~", "!~":
		return truth(ev.equivalents(n, left, right) == (n.name == "~"))
	case "<", ">", "<=", ">=":
		return ev.order(n, left, right)
	case "&":
		a, _ := ev.text(n.args[0], left)
		b, _ := ev.text(n.args[1], right)
		ev.spendText(n, len(a)+len(b))
		return single(a + b)
	}
	return ev.arithmetic(n, left, right)
}

// logic is three-valued; the right side is not evaluated where the left one decides.
func (ev *evaluation) logic(n *node, left collection) collection {
	a, known := ev.condition(n.args[0], left)
	switch {
	case known && n.name == "and" && !a:
		return no
	case known && (n.name == "or" && a || n.name == "implies" && !a):
		return yes
	}
	b, sure := ev.condition(n.args[1], ev.eval(n.args[1]))
	switch n.name {
	case "and":
		if sure && !b {
			return no
		}
	case "or", "implies":
		if sure && b {
			return yes
		}
	}
	if !known || !sure {
		return nil
	}
	switch n.name {
	case "xor":
		return truth(a != b)
	case "and":
		return truth(a && b)
	}
	return no
}

// contains is in, from the other side.
func (ev *evaluation) contains(n *node, all, one collection) collection {
	if len(one) > 1 {
		ev.fail(n, "%s wants one item, and there are %d", n.name, len(one))
	}
	if len(one) == 0 {
		return nil
	}
	ev.spend(n, len(all))
	for _, i := range all {
		if same, known := ev.equal(n, i, one[0]); same && known {
			return yes
		}
	}
	return no
}

// equals compares in order; empty on a side, and what cannot be told, are not known.
func (ev *evaluation) equals(n *node, a, b collection) (same, known bool) {
	if len(a) == 0 || len(b) == 0 {
		return false, false
	}
	if len(a) != len(b) {
		return false, true
	}
	ev.spend(n, len(a))
	same, known = true, true
	for i := range a {
		s, k := ev.equal(n, a[i], b[i])
		if k && !s {
			return false, true
		}
		same, known = same && s, known && k
	}
	return same, known
}

// equivalents compares in any order.
func (ev *evaluation) equivalents(n *node, a, b collection) bool {
	if len(a) != len(b) {
		return false
	}
	taken := make([]bool, len(b))
	for _, x := range a {
		found := false
		for k, y := range b {
			ev.spend(n, 1)
			if !taken[k] && ev.equivalent(n, x, y) {
				taken[k], found = true, true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

func (ev *evaluation) order(n *node, left, right collection) collection {
	x, ok := ev.one(n.args[0], left)
	y, also := ev.one(n.args[1], right)
	if !ok || !also {
		return nil
	}
	c, known := ev.compare(n, x, y)
	if !known {
		return nil
	}
	switch n.name {
	case "<":
		return truth(c < 0)
	case "<=":
		return truth(c <= 0)
	case ">":
		return truth(c > 0)
	}
	return truth(c >= 0)
}

func (ev *evaluation) compare(n *node, x, y any) (int, bool) {
	x, y = alike(x, y)
	switch a := x.(type) {
	case string:
		if b, ok := y.(string); ok {
			return compareText(a, b), true
		}
	case temporal:
		if b, ok := y.(temporal); ok && (a.kind == kindTime) == (b.kind == kindTime) {
			return a.compare(b)
		}
	case quantity:
		if b, ok := y.(quantity); ok {
			return a.compare(b)
		}
	case int64, number:
		if b, ok := asNumber(y); ok {
			d, _ := asNumber(a)
			return d.compare(b), true
		}
	}
	ev.fail(n, "%s cannot be compared with %s", typeOf(x), typeOf(y))
	return 0, false
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
