// Package fault is the one error type of the program: a code that a client may act on, what went wrong in words
// that carry no patient data, and where it happened.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Code says what a client may do about an error. It is shown as extensions.code.
type Code string

// The codes. Whatever has none is Internal: logged whole, shown as "internal error".
const (
	BadUserInput Code = "BAD_USER_INPUT"
	NotFound     Code = "NOT_FOUND"
	Gone         Code = "GONE"
	Conflict     Code = "CONFLICT" // the version is another one; one of two changes that exclude each other
	// PreconditionFailed: what the client made a condition does not hold, and trying again will not help.
	PreconditionFailed Code = "PRECONDITION_FAILED"
	Forbidden          Code = "FORBIDDEN"
	Unauthenticated    Code = "UNAUTHENTICATED"
	TooCostly          Code = "TOO_COSTLY"
	Unsupported        Code = "UNSUPPORTED"
	StoreUnavailable   Code = "STORE_UNAVAILABLE"
	StoreLagging       Code = "STORE_LAGGING"
	StoreCorrupt       Code = "STORE_CORRUPT" // stored bytes that cannot be what was written
	TokenExpired       Code = "TOKEN_EXPIRED"
	CursorExpired      Code = "CURSOR_EXPIRED"
	ResumeExpired      Code = "RESUME_EXPIRED"
	ParameterBuilding  Code = "PARAMETER_BUILDING"
	Overloaded         Code = "OVERLOADED"
	Timeout            Code = "TIMEOUT"
	Internal           Code = "INTERNAL"
)

// Error is an error with a code. Message names references, parameters and paths, never a patient's values.
type Error struct {
	Code    Code
	Message string
	// Store and Op name the backend and what it was asked, when a store failed.
	Store, Op string
	// RetryAfter is when to try again, for Overloaded; 0 when unknown.
	RetryAfter time.Duration
	// Limit is the limit that the request went past; nil if it is none of those that have names.
	Limit *Limit
	// Err is the cause, for the log; it is never shown to a client.
	Err error
}

// Error implements error; it includes the cause and is meant for logs.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.Store != "" {
		s += " " + e.Store
	}
	if e.Op != "" {
		s += " " + e.Op
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error with a code and a formatted message.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Of is the code of err: that of the first *Error in its chain, else Internal; "" for nil.
func Of(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// At names the store and the operation in which err happened. An error that has a code keeps it; any other gets
// Internal. It is nil for nil.
func At(store, op string, err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		if e.Store != "" {
			return err
		}
		c := *e
		c.Store, c.Op = store, op
		return &c
	}
	return &Error{Code: Internal, Store: store, Op: op, Err: err}
}
