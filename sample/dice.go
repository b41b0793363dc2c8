package sample

import (
	"math/bits"
	"math/rand/v2"
)

// dice draws for one patient. It takes only Uint64 from PCG, whose values are fixed by its definition, and does its
// own arithmetic in whole numbers: what rand.Rand makes of them may change between versions of Go, and what a
// processor makes of floating point differs between processors.
type dice struct {
	pcg *rand.PCG
}

// newDice is the generator of a numbered stream of draws.
func newDice(seed, stream uint64) *dice {
	// Neighbouring streams are spread over the state, because PCG mixes its first outputs little.
	return &dice{pcg: rand.NewPCG(seed, stream*0x9E3779B97F4A7C15+0xD1B54A32D192ED03)}
}

// below is a number from 0 to n-1.
func (d *dice) below(n int) int {
	hi, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int(hi)
}

// between is a number from lo to hi, both included.
func (d *dice) between(lo, hi int) int { return lo + d.below(hi-lo+1) }

// chance is true in so many of a hundred cases.
func (d *dice) chance(percent int) bool { return d.below(100) < percent }

// bell is a number from nearly a normal distribution, by the sum of eight bytes: mean 1020, deviation 209.
func (d *dice) bell(mean, deviation int) int {
	sum := 0
	for u := d.pcg.Uint64(); u != 0; u >>= 8 {
		sum += int(u & 255)
	}
	return mean + (sum-1020)*deviation/209
}

func pick[T any](d *dice, from []T) T { return from[d.below(len(from))] }
