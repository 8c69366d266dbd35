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
