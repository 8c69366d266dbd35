skip-to-content = Siirry sisältöön
navigation = Päävalikko
languages = Kielet
api-documentation = Rajapinnan ohjeet
start-title = Julkisten palvelujen tarpeet ja jo olemassa olevat ratkaisut
start-what = Julkinen toimija kuvaa tarpeensa omin sanoin ja omalla kielellään. Innocap vastaa tuotteilla, palveluilla, tutkimustuloksilla ja osaajilla, jotka voisivat vastata tarpeeseen, ja kertoo miksi.
start-honest = Kun mikään ei sovi, sekin sanotaan.
start-solutions = { $count ->
    [one] { $count } ratkaisu
   *[other] { $count } ratkaisua
}
start-challenges = { $count ->
    [one] { $count } avoin tarve
   *[other] { $count } avointa tarvetta
}
start-for-systems = Hankinta- ja asianhallintajärjestelmille
start-list-solutions = Ratkaisut JSON-muodossa
start-list-challenges = Tarpeet JSON-muodossa
docs-operations = Toiminnot
docs-schemas = Tietorakenteet
docs-errors = Virheet
docs-needs-token = Vaatii bearer-tunnisteen.
docs-parameters = Parametrit:
docs-parameter = Parametri
docs-place = Missä
docs-meaning = Merkitys
docs-code = Koodi
docs-remedy = Mitä tehdä
