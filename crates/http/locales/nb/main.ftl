skip-to-content = Hopp til innholdet
navigation = Hovedmeny
languages = Språk
api-documentation = API-dokumentasjon
start-title = Det offentlige behovet ved siden av det som allerede finnes
start-what = En offentlig virksomhet beskriver et behov med egne ord og på sitt eget språk. Innocap svarer med produkter, tjenester, forskningsresultater og mennesker som kan møte det, og sier hvorfor.
start-honest = Når ingenting passer, blir det sagt.
start-solutions = { $count ->
    [one] { $count } løsning
   *[other] { $count } løsninger
}
start-challenges = { $count ->
    [one] { $count } åpent behov
   *[other] { $count } åpne behov
}
start-for-systems = For anskaffelses- og saksbehandlingssystemer
start-list-solutions = Løsningene som JSON
start-list-challenges = Behovene som JSON
docs-operations = Operasjoner
docs-schemas = Skjemaer
docs-errors = Feil
docs-needs-token = Krever et bearer-token.
docs-parameters = Parametere for
docs-parameter = Parameter
docs-place = Hvor
docs-meaning = Betydning
docs-code = Kode
docs-remedy = Hva du kan gjøre
nav-ask = Spør etter løsninger
challenges-title = Utfordringer
solutions-title = Løsninger
start-here = Hva som finnes her
ask-label = Hva trenger dere å løse?
ask-hint = Beskriv problemet med egne ord på deres eget språk: for hvem, hvor og hva som må fungere. Ingenting av det lagres.
ask-country = Hvor er behovet?
ask-anywhere = Hvor som helst
ask-button = Finn løsninger
ask-empty = Skriv først hva dere trenger.
ask-too-long = Teksten er for lang: høyst { $count } tegn kan leses.
ask-no-words = Det er ingenting i teksten som kan søkes etter. Si i en setning hva som mangler.
ask-cannot-be-read = Dette kan ikke leses. Velg stedet i listen og skriv behovet som tekst.
title-fault = Rett opp:
suggestions-title = Forslag
suggestions-for = For utfordringen:
suggestions-all = Se alle løsninger
suggestions-considered = { $count } løsningstekster ble gjennomgått.
suggestions-version = Rangeringens versjon { $version }.
suggestion-score = { $count } av 100
suggestion-share = { $count } poeng
suggestion-found-in = Funnet på { $language }
suggestion-why = Hvorfor den foreslås
suggestion-against = Hva som taler imot
verdict-fit-means = Noe som allerede finnes, ser ut til å dekke behovet. Les begrunnelsene og snakk så med leverandøren.
verdict-partial-means = Noe beslektet finnes. Det kan dekke en del av behovet eller ha løst det samme problemet andre steder.
verdict-none-means = Det som følger, er bare det nærmeste som er kjent her; det vises for dokumentasjonens skyld.
verdict-nothing-means = Ingenting som er kjent her, er i nærheten. Andre ord, eller en beskrivelse av problemet heller enn av et produkt, kan finne mer.
filter-text = Ord
filter-function = Offentlig oppgave
filter-country = Land
filter-delivered = Leveres i
filter-kind = Type
filter-all = Alle
filter-button = Filtrer
list-found = { $count ->
    [one] { $count } funnet
   *[other] { $count } funnet
}
list-next = Neste side
list-cannot-be-read = Filteret kan ikke leses. Velg i listene, eller begynn på nytt uten det.
facts = Fakta
fact-buyer = Offentlig organ
fact-provider = Leverandør
fact-kind = Type
fact-place = Sted
fact-function = Offentlig oppgave
fact-codes = Anskaffelseskoder (CPV)
fact-published = Publisert
fact-deadline = Svar ønskes innen
fact-language = Skrevet på
fact-source = Kilde
fact-maturity = Modenhet
fact-delivery = Leveres i
fact-speaks = Språk
fact-deployments = Allerede i bruk
fact-licence = Lisens
fact-link = Lenke
solution-trl = Teknologisk modenhetsnivå (TRL) { $count } av 9
challenge-suggestions = Hva kan dekke behovet?
solution-needs = Hvilke åpne behov kan dette dekke?
needs-title = Åpne behov
needs-for = Som dette kan dekke:
needs-found = { $count ->
    [one] { $count } behov
   *[other] { $count } behov
}
needs-considered = { $count } behovstekster ble gjennomgått.
organisation-public-body = Offentlig organ
organisation-company = Bedrift
organisation-higher-education = Høyere utdanning eller forskning
organisation-association = Forening
organisation-needs = Hva den trenger
organisation-needs-nothing = Ingen åpne behov er kjent.
organisation-needs-all = Alle behovene
organisation-offers = Hva den tilbyr
organisation-offers-nothing = Ingen løsninger er kjent.
organisation-offers-all = Alle løsningene
status-draft = Dette er et utkast.
status-closed = Utfordringen er avsluttet.
status-archived = Dette er arkivert og vises ikke lenger i lister.
error-not-found = Det er ingenting på denne adressen
error-not-found-advice = Det kan være flyttet eller fjernet. Herfra kan dere gå videre:
error-not-yours = Dette er ikke åpent for alle
error-not-yours-advice = Bare de det tilhører, kan se det. Det som er åpent for alle, er her:
error-bad-request = Adressen kan ikke leses
error-bad-request-advice = Noe i den er ikke som det skal. Begynn på nytt herfra:
error-broken = Noe gikk galt her
error-broken-advice = Det er ikke deres feil. Prøv igjen om et øyeblikk, eller gå videre herfra:
