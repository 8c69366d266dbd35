harvest-title = Haravoidut lähteet
harvest-lead = Luettelot, joista tietueet tulevat. Lähde lisätään palvelimella komennolla ”innocap harvest add”.
harvest-none = Yhtään lähdettä ei ole lisätty.
harvest-new = ei vielä ajettu
harvest-running = käynnissä
harvest-interrupted = keskeytynyt; seuraava ajo jatkaa siitä, mihin jäätiin
harvest-failed = epäonnistui
harvest-done = kokonaan luettu
harvest-finished = viimeksi ajettu { $time }
harvest-due = seuraavan kerran { $time }
harvest-run = Aja nyt
harvest-created = { $count } uutta
harvest-changed = { $count } muuttunutta
harvest-unchanged = { $count } ennallaan
harvest-archived = { $count } arkistoitu
harvest-refused = { $count } hylätty
harvest-deployments = { $count ->
    [one] { $count } käyttökohde
   *[other] { $count } käyttökohdetta
}
harvest-more = { $count ->
    [one] ja vielä { $count } rivi
   *[other] ja vielä { $count } riviä
}
duplicates-title = Mahdolliset kaksoiskappaleet
duplicates-lead = Eri lähteiden ratkaisuja, jotka saattavat olla sama. Jos ne ovat, ensimmäinen säilyy molempien lähteiden kanssa ja toinen arkistoidaan.
duplicate-by-address = sama osoite
duplicate-by-provider = sama tarjoaja ja nimi
duplicate-by-text = lähes sama teksti
duplicate-same = Ne ovat yksi
duplicate-different = Niitä on kaksi
