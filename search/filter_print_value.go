package search

// clause writes one value of a clause: parameter, operator, value.
func (p *filterPrinter) clause(c Clause, v *Value) string {
	name := p.name(c.Param)
	var op, text string
	var ok bool
	switch c.Param.Type {
	case Date, Number, Quantity:
		if op, text, ok = v.ordered(c.Param); op == "" {
			op = "eq"
		}
		if c.Param.Type == Quantity {
			ok = ok && writtenOut(text, 1)
		} else {
			text = unescape(text)
		}
		ok = ok && c.Modifier == Plain
	case String, URI:
		op, ok = filterOperator(c, v)
		return p.comparison(c, ok && v.Text != "", name, op, filterString(v.Text))
	case Token:
		op, ok = filterOperator(c, v)
		var there bool
		if text, there = v.tokenText(c.Modifier); c.Modifier == In {
			text = lightly(v.Text)
		}
		ok = ok && there && (c.Modifier == In || writtenOut(text, 0))
	case Reference:
		op, ok = filterOperator(c, v)
		text = lightly(v.formatReference())
		ok = ok && (v.Code != "" || v.Text != "")
	}
	return p.comparison(c, ok, name, op, filterToken(text))
}

func (p *filterPrinter) comparison(c Clause, ok bool, name, op, value string) string {
	if !ok {
		what := c.Param.Resource + "." + name
		if c.Modifier != Plain {
			what += ":" + c.Modifier.String()
		}
		if op != "" || c.Param.Type == Date || c.Param.Type == Number || c.Param.Type == Quantity {
			what += " with this value"
		}
		p.no(what)
	}
	return name + " " + op + " " + value
}

// filterOperator is what a clause of an unordered type compares with; false if there is no operator for it.
func filterOperator(c Clause, v *Value) (string, bool) {
	if c.Modifier == Compared {
		op := v.Op.String()
		return op, filterModifiers[c.Param.Type][op] == Compared
	}
	if c.Param.Type == Reference && c.Modifier == Plain {
		return "re", true
	}
	for _, op := range filterOperators(c.Param) {
		if how, known := filterModifiers[c.Param.Type][op]; known && how == c.Modifier && op != "ni" {
			return op, true
		}
	}
	return "", false
}

// lightly escapes a text only where it would be read otherwise without.
func lightly(text string) string {
	if unescape(text) == text {
		return text
	}
	return escape(text)
}

// writtenOut says whether a system in a value is not one of the names that stand for another in _filter.
func writtenOut(text string, at int) bool {
	parts := split(text, '|')
	return len(parts) <= at+1 || filterSystems[parts[at]] == ""
}
