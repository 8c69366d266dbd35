my-title = Oma sivu
my-no-organisation = Et kuulu vielä mihinkään organisaatioon. Lisää omasi tai pyydä sen omistajalta kutsu.
my-nothing = Täällä ei ole vielä mitään.
organisation-new = Lisää organisaatio
challenge-new = Kirjoita haaste
solution-new = Rekisteröi ratkaisu
edit = Muokkaa
status-is-draft = Luonnos
status-is-published = Julkaistu
status-is-in-dialogue = Vuoropuhelussa
kind-organisation = Organisaatio
kind-challenge = Haaste
kind-solution = Ratkaisu
nothing-here = Täällä ei ole mitään.
nothing-waits = Mikään ei odota.
fault-as-things-stand = Tätä ei voi tehdä nykytilanteessa. Joku on ehkä jo tehnyt sen, tai organisaatio jäisi ilman omistajaa.
field-reason = Syy
field-reason-hint = Asianosaiset saavat sen omin sanoinesi.
field-role = Rooli
operator-title = Ylläpito
reviews-title = Tarkastukset
reports-title = Ilmoitukset
people-title = Henkilöt
outbox-title = Lähtevät
index-title = Hakemisto ja lähteet
audit-title = Tapahtumaloki
review-approve = Hyväksy
review-refuse = Hylkää
review-approved = Hyväksytty
review-refused = Hylätty
review-waits = Odottaa tarkastusta
queue-open = Odottavat
queue-decided = Ratkaistut
report-spam = Mainontaa tai roskaa
report-misleading = Harhaanjohtava
report-illegal = Laiton
report-personal-data = Näyttää henkilötietoja
report-rights = Loukkaa jonkun oikeuksia
report-other = Jotain muuta
report-suspend = Poista näkyvistä
report-dismiss = Jätä sikseen
report-upheld = Aiheellinen
report-dismissed = Aiheeton
role-none = ei roolia palvelussa
role-moderator = moderaattori
role-operator = ylläpitäjä
person-suspend = Sulje
person-restore = Avaa
person-suspended = Suljettu: { $reason }
mail-sent = lähetetty
mail-parked = ei yritetä enää
mail-waiting = odottaa
mail-retry = Yritä uudelleen
outbox-no-mail = Sähköpostipalvelinta ei ole määritetty. Viestit eivät lähde itsestään: välitä ne eteenpäin tai määritä palvelin.
index-lead = Kuinka pitkälle tämä palvelin on lukenut kirjoitetun.
index-model = Malli
index-indexed = Luetut muutokset
index-without-vector = Tekstit, joiden merkitys on vielä laskematta
index-rebuild = Rakenna hakemisto uudelleen
index-rebuilding = Hakemistoa rakennetaan uudelleen. Lataa sivu uudelleen nähdäksesi edistymisen.
sources-title = Lähteet
inside-public = Julkinen sivu
inside-edit = Muokkaa organisaatiota
members-title = Jäsenet
member-leave = Eroa
invitations-title = Kutsut
invitations-lead = Omistajat päättävät jäsenistä, muokkaajat kirjoittavat, lukijat lukevat luonnoksia.
invitation-until = { $day } asti
invite-button = Kutsu
clients-title = API-asiakkaat
clients-lead = Ohjelmat, jotka toimivat organisaation puolesta. Kukin saa tehdä vain sen, minkä sen oikeudet sallivat.
client-used = viimeksi käytetty { $day }
client-unused = ei vielä käytetty
client-renew = Uusi salaisuus
client-name = Ohjelman nimi
client-scopes = Oikeudet
client-create = Luo asiakas
client-secret = Tallenna tämä nyt: salaisuutta ei näytetä uudelleen.
standing-title = Vahvistus
standing-verified = Vahvistettu
standing-unverified = Ei vielä vahvistettu
standing-unverified-means = Luonnoksia voi jo kirjoittaa. Julkaista voi, kun tiedetään, mikä organisaatio on.
standing-suspended = Poissa näkyvistä
standing-by-operator = ylläpitäjän toimesta
standing-by-domain = osoitteella, joka kuuluu verkkotunnukseen { $domain }
standing-prove = Vahvista osoitteellani
standing-prove-lead = Jos vahvistettu osoitteesi kuuluu organisaation verkkosivuston verkkotunnukseen, se vahvistetaan heti. Muuten ylläpitäjä tarkastaa.
standing-not-proved = Osoitteesi ei kuulu organisaation verkkosivuston verkkotunnukseen. Ylläpitäjä tarkastaa.
reviews-open = { $count ->
    [one] { $count } tarkastus odottaa
   *[other] { $count } tarkastusta odottaa
}
reports-open = { $count ->
    [one] { $count } ilmoitus odottaa
   *[other] { $count } ilmoitusta odottaa
}
outbox-open = { $count ->
    [one] { $count } viesti lähettämättä
   *[other] { $count } viestiä lähettämättä
}
index-behind = { $count ->
    [one] { $count } muutos indeksoimatta
   *[other] { $count } muutosta indeksoimatta
}
