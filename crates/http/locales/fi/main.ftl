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
nav-ask = Kysy ratkaisuja
challenges-title = Haasteet
solutions-title = Ratkaisut
start-here = Mitä täällä on
ask-label = Mitä teidän täytyy ratkaista?
ask-hint = Kuvaile ongelma omin sanoin ja omalla kielellä: kenelle, missä ja minkä on toimittava. Mitään siitä ei tallenneta.
ask-country = Missä tarve on?
ask-anywhere = Missä tahansa
ask-button = Etsi ratkaisuja
ask-empty = Kirjoittakaa ensin, mitä tarvitsette.
ask-too-long = Teksti on liian pitkä: enintään { $count } merkkiä voidaan lukea.
ask-no-words = Tekstissä ei ole mitään, mitä voisi hakea. Kertokaa yhdellä lauseella, mitä puuttuu.
ask-cannot-be-read = Tätä ei voi lukea. Valitkaa paikka luettelosta ja kirjoittakaa tarve tekstinä.
title-fault = Korjatkaa:
suggestions-title = Ehdotukset
suggestions-for = Haasteeseen:
suggestions-all = Katso kaikki ratkaisut
suggestions-considered = Läpi käytiin { $count } ratkaisutekstiä.
suggestions-version = Järjestyksen versio { $version }.
suggestion-score = { $count }/100
suggestion-share = { $count ->
    [one] { $count } piste
   *[other] { $count } pistettä
}
suggestion-found-in = Löytyi kielellä: { $language }
suggestion-why = Miksi sitä ehdotetaan
suggestion-against = Mikä puhuu sitä vastaan
verdict-fit-means = Jokin jo olemassa oleva näyttää vastaavan tarpeeseen. Lukekaa perustelut ja keskustelkaa sitten toimittajan kanssa.
verdict-partial-means = Jotain lähellä olevaa on olemassa. Se voi vastata osaan tarpeesta tai on ratkaissut saman ongelman muualla.
verdict-none-means = Seuraavat ovat vain lähimmät täällä tunnetut; ne luetellaan asiakirjoja varten.
verdict-nothing-means = Mikään täällä tunnettu ei ole lähellä. Toiset sanat tai ongelman kuvaus tuotteen sijaan voivat löytää enemmän.
filter-text = Sanat
filter-function = Julkinen tehtävä
filter-country = Maa
filter-delivered = Toimitetaan maahan
filter-kind = Laji
filter-all = Kaikki
filter-button = Suodata
list-found = { $count ->
    [one] { $count } löytyi
   *[other] { $count } löytyi
}
list-next = Seuraava sivu
list-cannot-be-read = Suodatinta ei voi lukea. Valitkaa luetteloista tai aloittakaa alusta ilman sitä.
facts = Tiedot
fact-buyer = Julkinen taho
fact-provider = Toimittaja
fact-kind = Laji
fact-place = Paikka
fact-function = Julkinen tehtävä
fact-codes = Hankintakoodit (CPV)
fact-published = Julkaistu
fact-deadline = Vastaukset viimeistään
fact-language = Kirjoitettu kielellä
fact-source = Lähde
fact-maturity = Kypsyys
fact-delivery = Toimitusalue
fact-speaks = Kielet
fact-deployments = Jo käytössä
fact-licence = Lisenssi
fact-link = Linkki
solution-trl = Teknologinen valmiustaso (TRL) { $count }/9
challenge-suggestions = Mikä voisi vastata tarpeeseen?
solution-needs = Mihin avoimiin tarpeisiin tämä voisi vastata?
needs-title = Avoimet tarpeet
needs-for = Joihin tämä voisi vastata:
needs-found = { $count ->
    [one] { $count } tarve
   *[other] { $count } tarvetta
}
needs-considered = Läpi käytiin { $count } tarvetekstiä.
organisation-public-body = Julkinen taho
organisation-company = Yritys
organisation-higher-education = Korkeakoulu tai tutkimus
organisation-association = Yhdistys
organisation-needs = Mitä se tarvitsee
organisation-needs-nothing = Avoimia tarpeita ei tunneta.
organisation-needs-all = Kaikki sen tarpeet
organisation-offers = Mitä se tarjoaa
organisation-offers-nothing = Ratkaisuja ei tunneta.
organisation-offers-all = Kaikki sen ratkaisut
status-draft = Tämä on luonnos.
status-closed = Haaste on päättynyt.
status-archived = Tämä on arkistoitu, eikä sitä enää luetella.
error-not-found = Tässä osoitteessa ei ole mitään
error-not-found-advice = Se on voitu siirtää tai poistaa. Tästä pääsee eteenpäin:
error-not-yours = Tämä ei ole avoin kaikille
error-not-yours-advice = Vain ne, joille se kuuluu, saavat nähdä sen. Kaikille avoin on täällä:
error-bad-request = Osoitetta ei voi lukea
error-bad-request-advice = Jokin siinä ei ole kuten pitäisi. Aloittakaa uudelleen tästä:
error-broken = Jokin meni täällä vikaan
error-broken-advice = Vika ei ole teissä. Yrittäkää hetken kuluttua uudelleen tai jatkakaa tästä:
