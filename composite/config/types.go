package config

import (
	"fmt"
	"reflect"
	"time"
)

// mistyped are the settings that could not be decoded, each with what it takes; from names the variable that a value came from.
func mistyped(err error, keys map[string]reflect.Type, from map[string]string) []Problem {
	switch e := err.(type) {
	case interface{ Name() string }:
		key := e.Name()
		p := Problem{Code: "E_TYPE", Key: key, Message: fmt.Sprintf("%s: %s is expected", key, takes(keys[key]))}
		if name := from[key]; name != "" {
			p.Message = fmt.Sprintf("the environment variable %s: %s is expected", name, takes(keys[key]))
		}
		return []Problem{p}
	case interface{ Unwrap() []error }:
		var out []Problem
		for _, of := range e.Unwrap() {
			out = append(out, mistyped(of, keys, from)...)
		}
		return out
	case interface{ Unwrap() error }:
		return mistyped(e.Unwrap(), keys, from)
	}
	return []Problem{{Code: "E_TYPE", Message: err.Error()}}
}

// takes says in words what a setting of a type is written as.
func takes(t reflect.Type) string {
	if t == nil {
		return "a value of another type"
	}
	if t == reflect.TypeFor[time.Duration]() {
		return "a duration such as 500ms, 30s or 2m"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return takes(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	case reflect.Struct:
		return "a mapping of settings"
	}
	return "a text"
}
