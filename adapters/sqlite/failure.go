package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"

	engine "modernc.org/sqlite"

	"github.com/heliograph/heliograph/internal/fault"
)

// value is a column's or an argument's value: int64, string, []byte or nil.
type value = driver.Value

// The engine's primary result codes that mean something to a caller (sqlite.org/rescode.html).
const (
	codeFunction  = 1 // of a function of ours, which gives up when the context ends; also of bad SQL
	codeBusy      = 5
	codeNoMemory  = 7
	codeReadOnly  = 8
	codeInterrupt = 9
	codeIO        = 10
	codeCorrupt   = 11
	codeFull      = 13
	codeCantOpen  = 14
	codeTooBig    = 18
	codeNotADB    = 26
)

func isDriver(err error) bool {
	var e *engine.Error
	return errors.As(err, &e)
}

// ofMember says whether an error of the writer may be about the data of one member, not about the database or the machine.
func ofMember(err error) bool {
	var e *engine.Error
	if !errors.As(err, &e) {
		return true
	}
	switch e.Code() & 0xff {
	case codeBusy, codeNoMemory, codeReadOnly, codeIO, codeCorrupt, codeFull, codeCantOpen, codeNotADB:
		return false
	}
	return true
}

// tooComplex says whether a statement is past the engine's own limits (sqlite.org/limits.html). The joining of conditions in groups keeps
// most below them, but the engine itself puts conditions together when it rewrites a query.
func tooComplex(message string) bool {
	for _, limit := range [...]string{"Expression tree is too large", "too many terms in compound SELECT", "too many SQL variables", "parser stack overflow"} {
		if strings.Contains(message, limit) {
			return true
		}
	}
	return false
}

// failure gives an error of the engine the code that a client may act on. Errors that have a code keep it.
func failure(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var coded *fault.Error
	if errors.As(err, &coded) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return ended(ctx)
	}
	var e *engine.Error
	if !errors.As(err, &e) {
		return err
	}
	if _, after, found := strings.Cut(err.Error(), damaged); found {
		what, _, _ := strings.Cut(after, damagedEnd)
		return corrupt(what, err)
	}
	if code := e.Code() & 0xff; ctx.Err() != nil && (code == codeInterrupt || code == codeFunction) {
		return ended(ctx)
	}
	f := &fault.Error{Code: fault.Internal, Err: err}
	switch e.Code() & 0xff {
	case codeFunction:
		if tooComplex(err.Error()) {
			f.Code, f.Message = fault.TooCostly, "the condition has more parts than the database can combine"
		}
	case codeFull:
		f.Code, f.Message = fault.StoreUnavailable, "the disk is full; nothing of this call was written, what was answered before is kept"
	case codeBusy:
		f.Code, f.Message = fault.StoreUnavailable, "another process keeps the database locked"
	case codeReadOnly:
		f.Code, f.Message = fault.StoreUnavailable, "the database file may not be written"
	case codeIO, codeCantOpen:
		f.Code, f.Message = fault.StoreUnavailable, "the database file could not be read or written"
	case codeNotADB:
		f.Code, f.Message = fault.StoreCorrupt, "the file is no database, or damaged at its beginning: take a backup that is whole"
	case codeCorrupt:
		f.Code, f.Message = fault.StoreCorrupt, "the database file is damaged: restore a backup"
	case codeTooBig:
		f.Code, f.Message = fault.BadUserInput, "the resource is larger than a row can be (1 GB)"
	case codeNoMemory:
		f.Code, f.Message = fault.Overloaded, "the database is out of memory"
	}
	return f
}
