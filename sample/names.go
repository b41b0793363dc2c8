package sample

import "time"

// culture is where a person comes from: names, a place, a language and a time zone.
type culture struct {
	women, men, families []string
	// latin holds families in Latin letters, in the same order, where families are in another script.
	latin    []string
	language string // BCP 47
	speech   string // the language's English name
	country  string
	currency string
	streets  []string
	cities   []city
	zone     *time.Location
	// representation is the code of iso21090-EN-representation for the script.
	representation string
}

type city struct{ name, state, postal string }

func zone(hours, minutes int) *time.Location {
	return time.FixedZone("", (hours*60+minutes)*60)
}

// cultures are the origins that occur, the frequent ones several times.
func cultures() []*culture {
	en := english()
	return []*culture{en, spanish(), polish(), en, russian(), chinese(), arabic(), indian(), en, german(),
		japanese(), turkish(), vietnamese(), en, greek()}
}

func english() *culture {
	return &culture{
		women:    []string{"Mary", "Olivia", "Grace", "Hannah", "Siobhán", "Zoë", "Anne-Marie", "Ruth"},
		men:      []string{"James", "Oliver", "Noah", "Seán", "George", "D'Andre", "William", "Amos"},
		families: []string{"O'Neil", "Smith", "Smith-Jones", "Walker", "MacLeod", "Brontë", "Okafor", "Fisher", "Hill"},
		language: "en-US", speech: "English", country: "US", currency: "USD", zone: zone(-5, 0),
		streets: []string{"Maple Street", "Harbor Road", "Mill Lane", "Station Road"},
		cities:  []city{{"Springwell", "VT", "05999"}, {"Lakeford", "NY", "14999"}, {"Port Amber", "ME", "04999"}},
	}
}

func spanish() *culture {
	return &culture{
		women:    []string{"María José", "Lucía", "Begoña", "Inés", "Ángela"},
		men:      []string{"José", "Íñigo", "Andrés", "Martín", "Joaquín"},
		families: []string{"Muñoz", "García Lorca", "Núñez", "Ibáñez", "Peña"},
		language: "es", speech: "Spanish", country: "ES", currency: "EUR", zone: zone(1, 0),
		streets: []string{"Calle del Río", "Avenida de la Estación", "Plaza Mayor"},
		cities:  []city{{"Villanueva del Mar", "CS", "12999"}, {"Peñalta", "LO", "26999"}},
	}
}

// polish has some names in decomposed form, with combining marks.
func polish() *culture {
	return &culture{
		women:    []string{"Kas\u0301ka", "Małgorzata", "Zofia", "Agnieszka"},
		men:      []string{"Łukasz", "Wojciech", "Paweł", "Tomek"},
		families: []string{"Wójcik", "Kowalska-Nowak", "Zielin\u0301ska", "Dąbrowski"},
		language: "pl", speech: "Polish", country: "PL", currency: "PLN", zone: zone(1, 0),
		streets: []string{"ulica Długa", "ulica Świętej Anny", "aleja Róż"},
		cities:  []city{{"Nowogródek Leśny", "MP", "30-999"}, {"Żabia Wola Górna", "MZ", "05-999"}},
	}
}

func russian() *culture {
	return &culture{
		women:    []string{"Анна", "Екатерина", "Ольга", "Наталья"},
		men:      []string{"Дмитрий", "Алексей", "Фёдор", "Илья"},
		families: []string{"Иваненко", "Седых", "Черных", "Короленко"},
		latin:    []string{"Ivanenko", "Sedykh", "Chernykh", "Korolenko"},
		language: "ru", speech: "Russian", country: "KZ", currency: "KZT", zone: zone(5, 0),
		streets: []string{"улица Лесная", "Садовая улица"}, representation: "ABC",
		cities: []city{{"Белоозёрск", "", "990001"}, {"Новая Заря", "", "990002"}},
	}
}

func chinese() *culture {
	return &culture{
		women:    []string{"秀英", "丽", "静怡", "雨桐"},
		men:      []string{"伟", "建国", "子轩", "浩然"},
		families: []string{"王", "李", "张", "欧阳"},
		latin:    []string{"Wang", "Li", "Zhang", "Ouyang"},
		language: "zh", speech: "Chinese", country: "CN", currency: "CNY", zone: zone(8, 0),
		streets: []string{"人民路", "桃花街"}, representation: "IDE",
		cities: []city{{"青云市", "", "999001"}, {"白鹭镇", "", "999002"}},
	}
}

func arabic() *culture {
	return &culture{
		women:    []string{"فاطمة", "ليلى", "مريم", "نور"},
		men:      []string{"محمد", "يوسف", "عمر", "خالد"},
		families: []string{"الحسن", "عبد الرحمن", "النجار", "الخوري"},
		latin:    []string{"al-Hasan", "Abd ar-Rahman", "an-Najjar", "al-Khoury"},
		language: "ar", speech: "Arabic", country: "JO", currency: "JOD", zone: zone(3, 0),
		streets: []string{"شارع السلام", "شارع النخيل"}, representation: "ABC",
		cities: []city{{"عين الزيتون", "", "99901"}, {"وادي القمر", "", "99902"}},
	}
}

func indian() *culture {
	return &culture{
		women:    []string{"अनिता", "प्रिया", "लक्ष्मी", "सुनीता"},
		men:      []string{"राजेश", "विक्रम", "अर्जुन", "कृष्ण"},
		families: []string{"शर्मा", "पटेल", "श्रीवास्तव", "जोशी"},
		latin:    []string{"Sharma", "Patel", "Srivastava", "Joshi"},
		language: "hi", speech: "Hindi", country: "IN", currency: "INR", zone: zone(5, 30),
		streets: []string{"गांधी मार्ग", "नदी रोड"}, representation: "SYL",
		cities: []city{{"चंदनपुर", "UP", "299901"}, {"नीलगंज", "MP", "499902"}},
	}
}

func german() *culture {
	return &culture{
		women:    []string{"Käthe", "Jule", "Ursula", "Renate"},
		men:      []string{"Jürgen", "Götz", "Karl-Heinz", "Uwe"},
		families: []string{"Groß", "von der Heide", "Müller", "Weiß-Jäger"},
		language: "de", speech: "German", country: "DE", currency: "EUR", zone: zone(2, 0),
		streets: []string{"Bahnhofstraße", "Am Mühlbach"},
		cities:  []city{{"Neuenwörth", "BY", "99998"}, {"Großkirchen", "NI", "99999"}},
	}
}

func japanese() *culture {
	return &culture{
		women:    []string{"さくら", "陽菜", "美咲"},
		men:      []string{"蓮", "健一", "ケンジ"},
		families: []string{"佐藤", "高橋", "渡辺"},
		latin:    []string{"Sato", "Takahashi", "Watanabe"},
		language: "ja", speech: "Japanese", country: "JP", currency: "JPY", zone: zone(9, 0),
		streets: []string{"本町", "桜通り"}, representation: "IDE",
		cities: []city{{"緑ヶ丘市", "", "999-0001"}},
	}
}

// turkish has the dotted and the dotless i, whose cases fold in their own way.
func turkish() *culture {
	return &culture{
		women:    []string{"İpek", "Işıl", "Gülşah"},
		men:      []string{"Çağrı", "İsmail", "Oğuz"},
		families: []string{"Yıldız", "Şahin", "Öztürk"},
		language: "tr", speech: "Turkish", country: "TR", currency: "TRY", zone: zone(3, 0),
		streets: []string{"Çınar Sokağı", "İskele Caddesi"},
		cities:  []city{{"Gümüşova Beldesi", "", "99001"}},
	}
}

// vietnamese has its families in decomposed form, with two marks on a letter.
func vietnamese() *culture {
	return &culture{
		women:    []string{"Thị Hương", "Ngọc Ánh", "Thùy"},
		men:      []string{"Văn Đức", "Quốc Bảo", "Hữu Phước"},
		families: []string{"Nguye\u0302\u0303n", "Tra\u0302\u0300n", "Đa\u0323\u0306ng"},
		language: "vi", speech: "Vietnamese", country: "VN", currency: "VND", zone: zone(7, 0),
		streets: []string{"đường Hoa Sen", "phố Chợ"},
		cities:  []city{{"Bình Lộc", "", "990100"}},
	}
}

func greek() *culture {
	return &culture{
		women:    []string{"Ελένη", "Σοφία", "Ιωάννα"},
		men:      []string{"Γιώργος", "Νίκος", "Θανάσης"},
		families: []string{"Παππάς", "Γαλάνης", "Δήμου"},
		latin:    []string{"Pappas", "Galanis", "Dimou"},
		language: "el", speech: "Greek", country: "GR", currency: "EUR", zone: zone(2, 0),
		streets: []string{"οδός Ελιάς", "οδός Θάλασσας"}, representation: "ABC",
		cities: []city{{"Νέα Πηγή", "", "999 01"}},
	}
}
