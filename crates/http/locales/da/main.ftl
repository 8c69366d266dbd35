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
nav-ask = Spørg efter løsninger
challenges-title = Udfordringer
solutions-title = Løsninger
start-here = Hvad der findes her
ask-label = Hvad har I brug for at løse?
ask-hint = Beskriv problemet med egne ord på jeres eget sprog: for hvem, hvor og hvad der skal virke. Intet af det gemmes.
ask-country = Hvor er behovet?
ask-anywhere = Hvor som helst
ask-button = Find løsninger
ask-empty = Skriv først, hvad I har brug for.
ask-too-long = Teksten er for lang: højst { $count } tegn kan læses.
ask-no-words = Der er intet i teksten, der kan søges efter. Sig i én sætning, hvad der mangler.
ask-cannot-be-read = Dette kan ikke læses. Vælg stedet på listen, og skriv behovet som tekst.
title-fault = Ret venligst:
suggestions-title = Forslag
suggestions-for = Til udfordringen:
suggestions-all = Se alle løsninger
suggestions-considered = { $count } løsningstekster blev gennemgået.
suggestions-version = Rangordningens version { $version }.
suggestion-score = { $count } af 100
suggestion-share = { $count } point
suggestion-found-in = Fundet på { $language }
suggestion-why = Hvorfor den foreslås
suggestion-against = Hvad der taler imod
verdict-fit-means = Noget, der allerede findes, ser ud til at dække behovet. Læs begrundelserne, og tal så med leverandøren.
verdict-partial-means = Noget nærliggende findes. Det kan dække en del af behovet eller have løst samme problem andetsteds.
verdict-none-means = Det følgende er blot det nærmeste, der kendes her; det vises for dokumentationens skyld.
verdict-nothing-means = Intet, der kendes her, er i nærheden. Andre ord, eller en beskrivelse af problemet frem for et produkt, kan finde mere.
filter-text = Ord
filter-function = Offentlig opgave
filter-country = Land
filter-delivered = Leveres i
filter-kind = Slags
filter-all = Alle
filter-button = Filtrer
list-found = { $count ->
    [one] { $count } fundet
   *[other] { $count } fundet
}
list-next = Næste side
list-cannot-be-read = Filteret kan ikke læses. Vælg på listerne, eller begynd forfra uden det.
facts = Fakta
fact-buyer = Offentlig myndighed
fact-provider = Leverandør
fact-kind = Slags
fact-place = Sted
fact-function = Offentlig opgave
fact-codes = Indkøbskoder (CPV)
fact-published = Offentliggjort
fact-deadline = Svar ønskes senest
fact-language = Skrevet på
fact-source = Kilde
fact-maturity = Modenhed
fact-delivery = Leveres i
fact-speaks = Sprog
fact-deployments = Allerede i brug
fact-licence = Licens
fact-link = Link
solution-trl = Teknologisk modenhedsniveau (TRL) { $count } af 9
challenge-suggestions = Hvad kan dække behovet?
solution-needs = Hvilke åbne behov kan dette dække?
needs-title = Åbne behov
needs-for = Som dette kan dække:
needs-found = { $count ->
    [one] { $count } behov
   *[other] { $count } behov
}
needs-considered = { $count } behovstekster blev gennemgået.
organisation-public-body = Offentlig myndighed
organisation-company = Virksomhed
organisation-higher-education = Videregående uddannelse eller forskning
organisation-association = Forening
organisation-needs = Hvad den har brug for
organisation-needs-nothing = Der kendes ingen åbne behov.
organisation-needs-all = Alle dens behov
organisation-offers = Hvad den tilbyder
organisation-offers-nothing = Der kendes ingen løsninger.
organisation-offers-all = Alle dens løsninger
status-draft = Dette er et udkast.
status-closed = Udfordringen er afsluttet.
status-archived = Dette er arkiveret og vises ikke længere på lister.
error-not-found = Der er intet på denne adresse
error-not-found-advice = Det kan være flyttet eller fjernet. Herfra kan I gå videre:
error-not-yours = Dette er ikke åbent for alle
error-not-yours-advice = Kun dem, det tilhører, må se det. Det, som alle må se, er her:
error-bad-request = Adressen kan ikke læses
error-bad-request-advice = Noget i den er ikke, som det skal være. Begynd forfra herfra:
error-broken = Noget gik galt her
error-broken-advice = Det er ikke jeres fejl. Prøv igen om lidt, eller gå videre herfra:
