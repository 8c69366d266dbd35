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
