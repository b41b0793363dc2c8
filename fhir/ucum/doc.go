// Package ucum converts quantities in units of the Unified Code for Units of Measure (UCUM, https://ucum.org) to base units,
// exactly: a Table of units, read from data, parses a case-sensitive unit expression such as "mm[Hg]", "10*3/uL" or "mg/kg/h"
// to a Unit, and the Unit says what a number of it is in base units.
//
// It compares quantities for search; it does not print units or choose them. Logarithmic and other units that are not a
// factor and an offset away from base units ([pH], B, %[slope]) are known and refused.
//
// The codes and definitions in units.txt are UCUM's; see NOTICE.
package ucum
