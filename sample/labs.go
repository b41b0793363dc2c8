package sample

// Indexes into labs.
const (
	hba1c = iota
	glucose
	creatinine
	potassium
	cholesterol
	hdl
	ldl
	triglycerides
	tsh
	hemoglobin
	ferritin
	crp
	leukocytes
	urineColour
)

// lab is a laboratory test. Its numbers are in units of the last of its digits.
type lab struct {
	words, loinc string
	unit, symbol string
	digits       int
	// low and high are the reference range; zero where there is none on that side.
	low, high int
	// usual and ill are the means without and with the condition that it is taken for, spread the deviation of both.
	usual, ill, spread int
	// floor is the least value that is possible.
	floor int
}

func labs() []lab {
	return []lab{
		hba1c:         {"HbA1c", "4548-4", "%", "%", 1, 0, 60, 54, 84, 7, 41},
		glucose:       {"glucose", "2345-7", "mg/dL", "mg/dL", 0, 70, 99, 90, 172, 18, 42},
		creatinine:    {"creatinine", "2160-0", "mg/dL", "mg/dL", 2, 50, 120, 85, 104, 18, 35},
		potassium:     {"potassium", "2823-3", "mmol/L", "mmol/L", 1, 35, 51, 42, 46, 4, 28},
		cholesterol:   {"cholesterol", "2093-3", "mg/dL", "mg/dL", 0, 0, 200, 178, 246, 25, 90},
		hdl:           {"HDL cholesterol", "2085-9", "mg/dL", "mg/dL", 0, 40, 0, 54, 45, 10, 20},
		ldl:           {"LDL cholesterol", "13457-7", "mg/dL", "mg/dL", 0, 0, 130, 104, 165, 22, 30},
		triglycerides: {"triglycerides", "2571-8", "mg/dL", "mg/dL", 0, 0, 150, 115, 190, 40, 40},
		tsh:           {"TSH", "3016-3", "mU/L", "m[IU]/L", 2, 40, 400, 190, 680, 90, 5},
		hemoglobin:    {"hemoglobin", "718-7", "g/dL", "g/dL", 1, 120, 170, 141, 103, 9, 62},
		ferritin:      {"ferritin", "2276-4", "ng/mL", "ng/mL", 0, 15, 300, 90, 9, 6, 2},
		crp:           {"C-reactive protein", "1988-5", "mg/L", "mg/L", 1, 0, 50, 15, 840, 250, 1},
		leukocytes:    {"white blood cells", "6690-2", "10*3/µL", "10*3/uL", 2, 400, 1100, 690, 1310, 180, 210},
		urineColour:   {words: "urine colour", loinc: "5778-6"},
	}
}
