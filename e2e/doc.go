// Package e2e tests the program as its users meet it: built, started, loaded, queried, killed, and looked at in a browser.
package e2e
