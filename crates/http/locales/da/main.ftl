skip-to-content = Gå til indholdet
navigation = Hovedmenu
languages = Sprog
api-documentation = API-dokumentation
start-title = Det offentlige behov ved siden af det, der allerede findes
start-what = En offentlig myndighed beskriver et behov med egne ord og på sit eget sprog. Innocap svarer med produkter, ydelser, forskningsresultater og mennesker, der kan imødekomme det, og siger hvorfor.
start-honest = Når intet passer, siges det ligeud.
start-solutions = { $count ->
    [one] { $count } løsning
   *[other] { $count } løsninger
}
start-challenges = { $count ->
    [one] { $count } åbent behov
   *[other] { $count } åbne behov
}
start-for-systems = Til udbuds- og sagsbehandlingssystemer
start-list-solutions = Løsningerne som JSON
start-list-challenges = Behovene som JSON
docs-operations = Operationer
docs-schemas = Skemaer
docs-errors = Fejl
docs-needs-token = Kræver et bearer-token.
docs-parameters = Parametre til
docs-parameter = Parameter
docs-place = Hvor
docs-meaning = Betydning
docs-code = Kode
docs-remedy = Hvad du kan gøre
