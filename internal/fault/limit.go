package fault

import "strings"

// Limit is a limit of the configuration that a request went past. It is shown as extensions.limit.
type Limit struct {
	// Name is that of the setting behind "limits.": "depth".
	Name string
	// Most is what is allowed, in the setting's unit (milliseconds for time); Found what there was, 0 where that was not found out.
	Most, Found int64
	// Path is where in the operation most of it is; "" where no place stands out.
	Path string
}

// Code is the limit's own code: DEPTH_LIMIT.
func (l *Limit) Code() string { return strings.ToUpper(l.Name) + "_LIMIT" }

// Past makes the TooCostly error of a limit, with a formatted message.
func Past(l Limit, format string, args ...any) *Error {
	e := New(TooCostly, format, args...)
	e.Limit = &l
	return e
}
