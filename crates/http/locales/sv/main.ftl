skip-to-content = Hoppa till innehållet
navigation = Huvudmeny
languages = Språk
api-documentation = API-dokumentation
start-title = Det offentliga behovet bredvid det som redan finns
start-what = En offentlig verksamhet beskriver ett behov med egna ord och på sitt eget språk. Innocap svarar med produkter, tjänster, forskningsresultat och människor som kan möta det, och säger varför.
start-honest = När ingenting passar sägs det rakt ut.
start-solutions = { $count ->
    [one] { $count } lösning
   *[other] { $count } lösningar
}
start-challenges = { $count ->
    [one] { $count } öppet behov
   *[other] { $count } öppna behov
}
start-for-systems = För upphandlings- och ärendesystem
start-list-solutions = Lösningarna som JSON
start-list-challenges = Behoven som JSON
docs-operations = Operationer
docs-schemas = Scheman
docs-errors = Fel
docs-needs-token = Kräver en bearer-token.
docs-parameters = Parametrar för
docs-parameter = Parameter
docs-place = Var
docs-meaning = Betydelse
docs-code = Kod
docs-remedy = Gör så här
nav-ask = Fråga efter lösningar
challenges-title = Utmaningar
solutions-title = Lösningar
start-here = Vad som finns här
ask-label = Vad behöver ni lösa?
ask-hint = Beskriv problemet med egna ord på ert eget språk: för vem, var och vad som måste fungera. Inget av det sparas.
ask-country = Var finns behovet?
ask-anywhere = Var som helst
ask-button = Hitta lösningar
ask-empty = Skriv först vad ni behöver.
ask-too-long = Texten är för lång: högst { $count } tecken kan läsas.
ask-no-words = Det finns inget i texten som går att söka på. Säg i en mening vad som saknas.
ask-cannot-be-read = Detta går inte att läsa. Välj platsen i listan och skriv behovet som text.
title-fault = Rätta detta:
suggestions-title = Förslag
suggestions-for = För utmaningen:
suggestions-all = Se alla lösningar
suggestions-considered = { $count } lösningstexter gicks igenom.
suggestions-version = Rangordningens version { $version }.
suggestion-score = { $count } av 100
suggestion-share = { $count } poäng
suggestion-found-in = Hittad på { $language }
suggestion-why = Varför den föreslås
suggestion-against = Vad som talar emot
verdict-fit-means = Något som redan finns verkar motsvara behovet. Läs skälen och tala sedan med leverantören.
verdict-partial-means = Något näraliggande finns. Det kan motsvara en del av behovet eller ha löst samma problem på annat håll.
verdict-none-means = Det som följer är bara det närmaste som är känt här; det visas för dokumentationens skull.
verdict-nothing-means = Inget som är känt här kommer i närheten. Andra ord, eller en beskrivning av problemet hellre än av en produkt, kan hitta mer.
filter-text = Ord
filter-function = Offentlig uppgift
filter-country = Land
filter-delivered = Levereras i
filter-kind = Slag
filter-all = Alla
filter-button = Filtrera
list-found = { $count ->
    [one] { $count } träff
   *[other] { $count } träffar
}
list-next = Nästa sida
list-cannot-be-read = Filtret går inte att läsa. Välj i listorna eller börja om utan det.
facts = Fakta
fact-buyer = Offentligt organ
fact-provider = Leverantör
fact-kind = Slag
fact-place = Plats
fact-function = Offentlig uppgift
fact-codes = Upphandlingskoder (CPV)
fact-published = Publicerad
fact-deadline = Svar önskas senast
fact-language = Skriven på
fact-source = Källa
fact-maturity = Mognad
fact-delivery = Levereras i
fact-speaks = Språk
fact-deployments = Redan i drift
fact-licence = Licens
fact-link = Länk
solution-trl = Teknisk mognadsgrad (TRL) { $count } av 9
challenge-suggestions = Vad kan motsvara behovet?
solution-needs = Vilka öppna behov kan detta svara mot?
needs-title = Öppna behov
needs-for = Som detta kan svara mot:
needs-found = { $count ->
    [one] { $count } behov
   *[other] { $count } behov
}
needs-considered = { $count } behovstexter gicks igenom.
organisation-public-body = Offentligt organ
organisation-company = Företag
organisation-higher-education = Högskola eller forskning
organisation-association = Förening
organisation-needs = Vad den behöver
organisation-needs-nothing = Inga öppna behov är kända.
organisation-needs-all = Alla dess behov
organisation-offers = Vad den erbjuder
organisation-offers-nothing = Inga lösningar är kända.
organisation-offers-all = Alla dess lösningar
status-draft = Detta är ett utkast.
status-closed = Utmaningen är avslutad.
status-archived = Detta är arkiverat och listas inte längre.
error-not-found = Det finns inget på den här adressen
error-not-found-advice = Det kan ha flyttats eller tagits bort. Härifrån kan ni gå vidare:
error-not-yours = Detta är inte öppet för alla
error-not-yours-advice = Bara de som det tillhör får se det. Det som alla får se finns här:
error-bad-request = Adressen går inte att läsa
error-bad-request-advice = Något i den är inte som det ska. Börja om härifrån:
error-broken = Något gick fel här
error-broken-advice = Det är inte ert fel. Försök igen om en stund eller gå vidare härifrån:
