package sqlite

import (
	"errors"
	"fmt"

	"github.com/heliograph/heliograph/search"
)

// match is hg_match(program, id, vals): whether a condition holds for the stored values.
func (k *kit) match(_ *functionContext, args []value) (value, error) {
	p, v, err := k.values(args)
	if err != nil {
		return nil, err
	}
	ok, err := search.Match(p.where, v, p.known)
	if err != nil || !ok {
		return int64(0), err
	}
	return int64(1), nil
}

// order is hg_order(program, id, vals): the order key.
func (k *kit) order(_ *functionContext, args []value) (value, error) {
	p, v, err := k.values(args)
	if err != nil {
		return nil, err
	}
	return search.OrderKey(v, p.sort), nil
}

// damaged carries a StoreCorrupt through the engine, which keeps an error's text only.
const (
	damaged    = "heliograph: damaged values of "
	damagedEnd = " (end)"
)

func (k *kit) values(args []value) (running, *search.Values, error) {
	found, ok := k.programs.Load(asInt(args[0]))
	if !ok {
		return running{}, nil, errors.New("a program that is not running")
	}
	p, ok := found.(running)
	if !ok {
		return p, nil, fmt.Errorf("a program of type %T", found)
	}
	if err := p.ctx.Err(); err != nil {
		return p, nil, err
	}
	v, err := search.DecodeValues(asBytes(args[2]))
	if err != nil {
		return p, nil, errors.New(damaged + p.typ + "/" + asText(args[1]) + damagedEnd)
	}
	return p, v, nil
}
