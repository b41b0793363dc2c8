package sample

// ailment is a condition that patients may have, with what goes with it.
type ailment struct {
	words       string
	snomed, icd string
	chronic     bool
	// from and to are the ages at which it begins; percent of the people who live through them get it.
	from, to, percent int
	drugs             []int // indexes into drugs()
	labs              []int // indexes into labs()
	// plan is the aim of its care plan; empty where there is none.
	plan string
	// service is what is done about it once, a procedure; may be empty.
	service procedure
}

type procedure struct{ words, snomed string }

// Indexes into drugs.
const (
	metformin = iota
	lisinopril
	atorvastatin
	amlodipine
	salbutamol
	levothyroxine
	sertraline
	amoxicillin
	ibuprofen
	paracetamol
	apixaban
	sumatriptan
	cetirizine
	omeprazole
	iron
	nitrofurantoin
	tiotropium
)

// drug is a medicine as it is prescribed.
type drug struct {
	words, rxnorm, atc string
	form               string
	amount             decimal
	unit, symbol       string
	// times a day; as needed when zero.
	times int
}

func drugs() []drug {
	mg := func(words, rx, atc string, amount decimal, times int) drug {
		return drug{words, rx, atc, "tablet", amount, "mg", "mg", times}
	}
	return []drug{
		metformin:      mg("metformin", "6809", "A10BA02", decimal{500, 0}, 2),
		lisinopril:     mg("lisinopril", "29046", "C09AA03", decimal{100, 1}, 1),
		atorvastatin:   mg("atorvastatin", "83367", "C10AA05", decimal{20, 0}, 1),
		amlodipine:     mg("amlodipine", "17767", "C08CA01", decimal{50, 1}, 1),
		salbutamol:     {"salbutamol", "435", "R03AC02", "inhaler", decimal{100, 0}, "µg", "ug", 0},
		levothyroxine:  {"levothyroxine", "10582", "H03AA01", "tablet", decimal{7500, 2}, "µg", "ug", 1},
		sertraline:     mg("sertraline", "36437", "N06AB06", decimal{50, 0}, 1),
		amoxicillin:    mg("amoxicillin", "723", "J01CA04", decimal{500, 0}, 3),
		ibuprofen:      mg("ibuprofen", "5640", "M01AE01", decimal{400, 0}, 0),
		paracetamol:    mg("paracetamol", "161", "N02BE01", decimal{500, 0}, 0),
		apixaban:       mg("apixaban", "1364430", "B01AF02", decimal{250, 2}, 2),
		sumatriptan:    mg("sumatriptan", "37418", "N02CC01", decimal{50, 0}, 0),
		cetirizine:     mg("cetirizine", "20610", "R06AE07", decimal{10, 0}, 1),
		omeprazole:     mg("omeprazole", "7646", "A02BC01", decimal{20, 0}, 1),
		iron:           mg("iron", "24947", "B03AA07", decimal{65, 0}, 1),
		nitrofurantoin: mg("nitrofurantoin", "7454", "J01XE01", decimal{100, 0}, 2),
		tiotropium:     {"tiotropium", "274535", "R03BB04", "inhaler", decimal{18, 0}, "µg", "ug", 1},
	}
}

// ailments are in an order that never changes, as every patient draws through them.
func ailments() []ailment {
	return append(lastingAilments(), passingAilments()...)
}

func lastingAilments() []ailment {
	return []ailment{
		{words: "high blood pressure", snomed: "38341003", icd: "I10", chronic: true, from: 35, to: 80, percent: 38,
			drugs: []int{lisinopril, amlodipine}, labs: []int{creatinine, potassium}, plan: "Blood pressure below 140/90"},
		{words: "type 2 diabetes", snomed: "44054006", icd: "E11.9", chronic: true, from: 35, to: 75, percent: 18,
			drugs: []int{metformin}, labs: []int{hba1c, glucose, creatinine}, plan: "HbA1c below 7 %"},
		{words: "high blood lipids", snomed: "55822004", icd: "E78.5", chronic: true, from: 40, to: 70, percent: 30,
			drugs: []int{atorvastatin}, labs: []int{cholesterol}, plan: "Lower LDL cholesterol"},
		{words: "asthma", snomed: "195967001", icd: "J45.9", chronic: true, from: 4, to: 30, percent: 11,
			drugs: []int{salbutamol}, plan: "No night-time symptoms"},
		{words: "chronic obstructive lung disease", snomed: "13645005", icd: "J44.9", chronic: true, from: 50, to: 75,
			percent: 9, drugs: []int{tiotropium, salbutamol}, plan: "Walk 30 minutes a day"},
		{words: "depression", snomed: "35489007", icd: "F32.9", chronic: true, from: 16, to: 70, percent: 12,
			drugs: []int{sertraline}, plan: "Return to work"},
		{words: "low thyroid function", snomed: "40930008", icd: "E03.9", chronic: true, from: 30, to: 70, percent: 6,
			drugs: []int{levothyroxine}, labs: []int{tsh}},
		{words: "atrial fibrillation", snomed: "49436004", icd: "I48.9", chronic: true, from: 60, to: 85, percent: 12,
			drugs: []int{apixaban}, labs: []int{creatinine}, service: procedure{"electric cardioversion", "250980009"}},
		{words: "chronic kidney disease", snomed: "709044004", icd: "N18.9", chronic: true, from: 55, to: 85, percent: 10,
			labs: []int{creatinine, potassium, hemoglobin}},
		{words: "migraine", snomed: "37796009", icd: "G43.9", chronic: true, from: 14, to: 45, percent: 11,
			drugs: []int{sumatriptan}},
		{words: "worn joints", snomed: "396275006", icd: "M19.9", chronic: true, from: 50, to: 80, percent: 25,
			drugs: []int{paracetamol}, service: procedure{"knee replacement", "609588000"}},
		{words: "hay fever", snomed: "367498001", icd: "J30.2", chronic: true, from: 6, to: 40, percent: 16,
			drugs: []int{cetirizine}},
	}
}

// passingAilments happen during the years on record, whatever came before.
func passingAilments() []ailment {
	return []ailment{
		{words: "middle ear infection", snomed: "65363002", icd: "H66.9", to: 10, percent: 45,
			drugs: []int{amoxicillin}},
		{words: "sore throat", snomed: "195662009", icd: "J02.9", from: 3, to: 60, percent: 30,
			drugs: []int{paracetamol}},
		{words: "pneumonia", snomed: "233604007", icd: "J18.9", to: 110, percent: 8,
			drugs: []int{amoxicillin}, labs: []int{crp, leukocytes}, service: procedure{"chest X-ray", "399208008"}},
		{words: "urinary tract infection", snomed: "68566005", icd: "N39.0", from: 15, to: 110, percent: 14,
			drugs: []int{nitrofurantoin}, labs: []int{urineColour, leukocytes}},
		{words: "broken bone", snomed: "125605004", icd: "T14.2", from: 4, to: 110, percent: 12,
			drugs: []int{ibuprofen}, service: procedure{"plaster cast", "79321009"}},
		{words: "anemia", snomed: "271737000", icd: "D64.9", from: 12, to: 110, percent: 9,
			drugs: []int{iron}, labs: []int{hemoglobin, ferritin}},
		{words: "heartburn", snomed: "235595009", icd: "K21.9", from: 20, to: 110, percent: 14,
			drugs: []int{omeprazole}, service: procedure{"gastroscopy", "386831007"}},
	}
}
